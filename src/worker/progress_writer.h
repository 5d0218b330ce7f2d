// Stores the progress and the log rows of native jobs, in their order and before their job's end.
// I/O thread only; owned by its worker loop.
#pragma once

#include <string>
#include <vector>

#include "base/unique_function.h"
#include "worker/context.h"

namespace aurochs::worker {

class ProgressWriter {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    /// The last of what a job had on its way has arrived, or is lost with its connection.
    virtual void onStored(JobHandle handle) = 0;
  };

  ProgressWriter(Context context, Host* host);

  /// @param json the progress; tells of it with kProgress once it is stored.
  void progress(JobHandle handle, std::string json);
  void log(JobHandle handle, std::string row);
  /// The command connection is ready: what waited for it is sent.
  void onReady();

 private:
  void whenReady(Task task);
  void onProgressStored(JobHandle handle, std::string json, Result<redis::ReplyView> result);
  void settle(JobHandle handle);

  Context context_;
  Host* host_;
  std::vector<Task> deferred_;
};

}  // namespace aurochs::worker
