#include "protocol/finish_and_fetch.h"

#include "protocol/finish_and_fetch_lua.h"
#include "protocol/scripts.h"

namespace aurochs::protocol {

namespace {
constexpr int kKeyCount = 12;
constexpr std::string_view kKeyCountText = "12";
constexpr size_t kHeadOfReply = 3;
}  // namespace

const redis::Script& finishAndFetchScript() {
  // Never destroyed: the I/O thread works on while a process that calls exit() destroys its statics.
  static const auto* const script =
      new redis::Script{"finishAndFetch", kFinishAndFetchSha1, kFinishAndFetchSource, kKeyCount};
  return *script;
}

std::optional<FinishAndFetchArguments> FinishAndFetchArguments::of(const QueueKeys& keys,
                                                                   const ScriptSettings& settings) {
  FinishAndFetchArguments made;
  made.keys_ = {keys.wait,    keys.active, keys.prioritized, keys.events, keys.stalled,   keys.limiter,
                keys.delayed, keys.meta,   keys.pc,          keys.marker, keys.completed, keys.metricsCompleted};
  made.prefix_ = keys.base;
  made.lockDuration_ = std::to_string(settings.lockDurationMs);
  made.workerName_ = settings.workerName;
  if (settings.maxMetricsSize > 0) made.metrics_ = std::to_string(settings.maxMetricsSize);
  if (!settings.limiter.is_null()) {
    const auto max = settings.limiter.find("max");
    const auto duration = settings.limiter.find("duration");
    if (max == settings.limiter.end() || !max->is_number()) return std::nullopt;
    if (duration == settings.limiter.end() || !duration->is_number()) return std::nullopt;
    made.limiterMax_ = max->dump();
    made.limiterDuration_ = duration->dump();
  }
  return made;
}

std::vector<std::string_view> FinishAndFetchArguments::command(bool whole, std::string_view now, std::string_view fetch,
                                                               std::string_view token, const KeepJobs& keepJobs,
                                                               std::span<const Job> jobs) const {
  constexpr size_t kHead = 3 + kKeyCount + 12;
  std::vector<std::string_view> args;
  args.reserve(kHead + 4 * jobs.size());
  const redis::Script& script = finishAndFetchScript();
  args.insert(args.end(), {whole ? "EVAL" : "EVALSHA", whole ? script.source : script.sha1, kKeyCountText});
  args.insert(args.end(), keys_.begin(), keys_.end());
  args.insert(args.end(), {prefix_, now, fetch, token, lockDuration_, workerName_, limiterMax_, limiterDuration_,
                           keepJobs.count, keepJobs.age, keepJobs.limit, metrics_});
  for (const Job& job : jobs) args.insert(args.end(), {job.id, job.token, job.finishedOn, job.result});
  return args;
}

std::optional<FinishAndFetchReply> FinishAndFetchReply::from(redis::ReplyView reply, size_t jobs, size_t asked) {
  if (reply.size() < kHeadOfReply) return std::nullopt;
  const redis::ReplyView codes = reply.first();
  const bool said = codes.size() == jobs || codes.size() == 0;
  const size_t fetched = (reply.size() - kHeadOfReply) / 2;
  if (!codes.isArray() || !said || fetched > asked) return std::nullopt;
  return FinishAndFetchReply(codes, codes.next(), fetched);
}

}  // namespace aurochs::protocol
