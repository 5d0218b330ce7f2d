// Stores the progress and the log rows of jobs that run on threads, in their order and before their job's end.
// I/O thread only; owned by its worker loop.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

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
  struct Store {
    std::string text;
    std::optional<std::string> keepLogs;  ///< Of a log row: how many are kept, as it stands in the job's options.
    Ticket ticket;
    std::string id{};
    std::shared_ptr<Attempt> attempt{};  ///< Tells this run of the slot from the next.
  };

  void add(JobHandle handle, Store store);
  void sendFirst(JobHandle handle);
  void onReply(JobHandle handle, const Result<redis::ReplyView>& result);

  Context context_;
  Host* host_;
  /// By job. The first of each is on its way, once the connection is ready: one at a time, since a script that Redis
  /// has forgotten is sent again behind those sent meanwhile.
  std::unordered_map<JobHandle, std::deque<Store>> lines_;
};

}  // namespace aurochs::worker
