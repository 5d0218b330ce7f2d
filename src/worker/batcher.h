// Completes jobs and fetches the next ones in batches: one call of our own script for as many of either as there are.
// I/O thread only; owned by its worker loop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loop/before_poll.h"
#include "protocol/finish_and_fetch.h"
#include "protocol/next_job.h"
#include "worker/context.h"

namespace aurochs::worker {

/// What gathers while a call or two are on their way goes with the next: under load batches grow by themselves, and
/// where there is no load nothing waits.
class Batcher {
 public:
  /// What a call has fetched, beside the jobs themselves.
  struct Fetched {
    bool filled = false;  ///< It was to fill the room that there was: see fill().
    size_t asked = 0;
    size_t fetched = 0;
    int64_t limitDelayMs = 0;
    int64_t delayUntilMs = 0;
  };

  class Host {
   public:
    virtual ~Host() = default;
    /// How many more jobs may be fetched, when `leaving` of those in flight are about to be completed, and `coming`
    /// others to be fetched.
    virtual size_t room(size_t leaving, size_t coming) = 0;
    /// What has become of a job that was to be completed: 0, kLeftToBullmq or BullMQ's error code.
    virtual void onFinishCode(JobHandle handle, int64_t code) = 0;
    virtual void onFetched(protocol::NextJob next, std::shared_ptr<const std::string> token) = 0;
    virtual void onBatch(const Fetched& fetched) = 0;
    /// A call has failed: with kScript nobody knows how far it came.
    virtual void onBatchFailed(const std::vector<JobHandle>& jobs, bool filled, const Error& error) = 0;
  };

  Batcher(uv_loop_t* loop, Context context, protocol::ScriptOptions& scriptOptions, Host* host);

  /// Off where the worker's options ask for BullMQ's scripts alone, and for a while after Redis has refused ours.
  [[nodiscard]] bool on() const;
  /// Fetching in batches is worth it: on(), and jobs are not so large that few of them go into one.
  [[nodiscard]] bool fetches() const;
  /// A job of this size came, by whichever script.
  void sawJob(size_t bytes);

  /// Completes a job (kUnconfirmed, with its result). @returns false when only BullMQ's script can: the job has
  /// relatives or a deduplication id, or is so large that it goes alone, or on() is false.
  [[nodiscard]] bool take(JobHandle handle, const Job& job);
  /// Fetches as many jobs as there is room for; onBatch() or onBatchFailed() follows, with `filled`.
  void fill();
  /// The connection is back: what has gathered before is gone, its jobs are kUnconfirmed.
  void onReady() { gathered_.clear(); }

  [[nodiscard]] size_t leaving() const { return leaving_; }
  [[nodiscard]] size_t coming() const { return coming_; }
  [[nodiscard]] std::shared_ptr<const std::string> nextToken() {
    return std::make_shared<const std::string>(context_.options.id + ":" + std::to_string(tokens_++));
  }

 private:
  struct Gathered {
    JobHandle handle;
    protocol::KeepJobs keepJobs;
  };

  struct Call {
    std::vector<JobHandle> jobs;
    protocol::KeepJobs keepJobs;
    std::shared_ptr<const std::string> token;
    size_t asked = 0;
    bool fill = false;
  };

  void flush();
  void sendOne();
  [[nodiscard]] bool stillToComplete(JobHandle handle);
  [[nodiscard]] Call gather();
  void leaveOthers();
  void send(Call call);
  void onReply(Call call, Result<redis::ReplyView> result);
  void onFailure(Call& call, Error error);
  void restart(Call& call);
  void takeJobs(const Call& call, const protocol::FinishAndFetchReply& reply);

  Context context_;
  protocol::ScriptOptions& scriptOptions_;
  Host* host_;
  const std::optional<protocol::FinishAndFetchArguments> arguments_;
  BeforePoll flush_;
  std::vector<Gathered> gathered_;
  bool fill_ = false;
  std::vector<protocol::KeepJobs> calls_;  ///< Of the calls on their way.
  size_t leaving_ = 0;                     ///< Jobs that those complete.
  size_t coming_ = 0;                      ///< Jobs that those may fetch.
  uint64_t tokens_ = 0;
  int64_t offUntilMs_ = 0;  ///< By the steady clock.
  size_t jobBytes_;         ///< Of a job, on average; more than that after a large one.
  bool forgotten_ = false;  ///< Redis doesn't know the script: the next call brings it along.
};

}  // namespace aurochs::worker
