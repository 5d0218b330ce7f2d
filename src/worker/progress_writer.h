// Stores the progress and the log rows of jobs that run on threads, in their order and before their job's end.
// I/O thread only; owned by its worker loop.
#pragma once

#include <string>
#include <vector>

#include "base/unique_function.h"
#include "worker/context.h"
#include "worker/thread_seat.h"

namespace aurochs::worker {

class ProgressWriter {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    /// One of what the job had on its way has arrived, or is lost with its connection.
    virtual void onStored(JobHandle handle) = 0;
  };

  ProgressWriter(Context context, Host* host);

  /// @param json the progress; tells of it with kProgress once it is stored.
  /// @param ticket let go of once it has arrived.
  void progress(JobHandle handle, std::string json, Ticket ticket = nullptr);
  void log(JobHandle handle, std::string row, Ticket ticket = nullptr);
  /// The command connection is ready: what waited for it is sent.
  void onReady();

 private:
  void whenReady(Task task);
  void onProgressStored(JobHandle handle, std::string json, Result<redis::ReplyView> result);

  Context context_;
  Host* host_;
  std::vector<Task> deferred_;
};

}  // namespace aurochs::worker
