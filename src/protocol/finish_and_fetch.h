// Arguments and reply of our own script, lua/finish_and_fetch.lua, whose head says what they mean.
// Pure functions and plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/keep_jobs.h"
#include "protocol/queue_keys.h"
#include "protocol/script_options.h"
#include "redis/reply.h"

namespace aurochs::protocol {

/// One worker's arguments that are the same in every call.
class FinishAndFetchArguments {
 public:
  /// Nothing where an option is of a type that the script does not know: BullMQ's scripts take it.
  static std::optional<FinishAndFetchArguments> of(const QueueKeys& keys, const ScriptSettings& settings);

  struct Job {
    std::string_view id, token, finishedOn, result;
  };

  /// The whole command: EVALSHA, or EVAL with the script itself (`whole`). The views are valid as long as the
  /// parameters and this object are.
  [[nodiscard]] std::vector<std::string_view> command(bool whole, std::string_view now, std::string_view fetch,
                                                      std::string_view token, const KeepJobs& keepJobs,
                                                      std::span<const Job> jobs) const;

 private:
  std::vector<std::string> keys_;
  std::string prefix_, lockDuration_, workerName_, limiterMax_, limiterDuration_, metrics_;
};

/// A view of the reply: valid as long as the reply is.
class FinishAndFetchReply {
 public:
  /// Nothing when no reply to a call with `jobs` that asked for that many is like this one.
  static std::optional<FinishAndFetchReply> from(redis::ReplyView reply, size_t jobs, size_t asked);

  /// Says of each completed job, in the order of the call, what became of it: 0, 1 or BullMQ's error code.
  template <typename F>
  void forEachCode(size_t jobs, F&& visit) const {
    const bool said = codes_.size() == jobs;
    redis::ReplyView code = codes_.first();
    for (size_t i = 0; i < jobs; ++i) {
      visit(i, said ? code.integer() : 0);
      if (said && i + 1 < jobs) code = code.next();
    }
  }

  /// Visits the fetched jobs: `id`, and the hash as HGETALL's flat array.
  template <typename F>
  void forEachFetched(F&& visit) const {
    if (fetched_ == 0) return;
    redis::ReplyView id = limitDelay_.next().next();
    for (size_t i = 0; i < fetched_; ++i) {
      const redis::ReplyView hash = id.next();
      visit(id.text(), hash);
      if (i + 1 < fetched_) id = hash.next();
    }
  }

  [[nodiscard]] size_t fetched() const { return fetched_; }
  [[nodiscard]] int64_t limitDelayMs() const { return limitDelay_.integer(); }
  [[nodiscard]] int64_t delayUntilMs() const { return limitDelay_.next().integer(); }

 private:
  FinishAndFetchReply(redis::ReplyView codes, redis::ReplyView limitDelay, size_t fetched)
      : codes_(codes), limitDelay_(limitDelay), fetched_(fetched) {}

  redis::ReplyView codes_;
  redis::ReplyView limitDelay_;
  size_t fetched_;
};

/// The script's own code: the job is BullMQ's moveToFinished's to complete.
constexpr int64_t kLeftToBullmq = 1;

}  // namespace aurochs::protocol
