// Completes jobs, in batches or with BullMQ's moveToFinished; sends again what a lost connection left in doubt, or a
// server would not take for now.
// I/O thread only; owned by its worker loop.
#pragma once

#include <string>
#include <vector>

#include "loop/timer.h"
#include "protocol/next_job.h"
#include "protocol/script_options.h"
#include "worker/batcher.h"
#include "worker/context.h"
#include "worker/suspects.h"

namespace aurochs::worker {

class Finisher final : private Suspects::Host {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    /// May the script fetch the next job in the same call?
    virtual bool mayFetchNext() = 0;
    /// `next` says nothing when `fetched` is false.
    virtual void onFinished(JobHandle handle, protocol::NextJob next, bool fetched) = 0;
    /// BullMQ's error code, or 0 and Redis's error in `message`.
    virtual void onFinishRefused(JobHandle handle, int64_t code, std::string message) = 0;
  };

  Finisher(uv_loop_t* loop, Context context, protocol::ScriptOptions& scriptOptions, Batcher& batcher, Host* host);

  /// Completes a running job. @param result JSON text.
  void complete(JobHandle handle, std::string result);
  /// The connection is back: what was not confirmed is sent again.
  void onReady();
  /// What a batch has made of one of its jobs.
  void onCode(JobHandle handle, int64_t code);
  /// A batch has failed: how far it came is found out for each of its jobs.
  void onBatchFailed(const std::vector<JobHandle>& handles, ErrorKind kind);

 private:
  void send(JobHandle handle);
  void sendSuspect(JobHandle handle) override { send(handle); }
  void giveUp(JobHandle handle, std::string reason) override { host_->onFinishRefused(handle, 0, std::move(reason)); }
  void onReply(JobHandle handle, bool repeated, Result<redis::ReplyView> result);
  void onError(JobHandle handle, int64_t code, Error error);
  void retryLater(JobHandle handle);
  void confirm(JobHandle handle, int64_t code);
  void confirmRemoved(JobHandle handle, int64_t code);
  const Job* answered(JobHandle handle, int64_t code, const Result<redis::ReplyView>& result);

  Context context_;
  protocol::ScriptOptions& scriptOptions_;
  Batcher& batcher_;
  Host* host_;
  std::vector<JobHandle> refused_;  // by a server that may take them later
  Timer retry_;
  Suspects suspects_;
};

}  // namespace aurochs::worker
