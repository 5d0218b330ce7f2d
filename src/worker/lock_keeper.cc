#include "worker/lock_keeper.h"

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "base/clock.h"
#include "protocol/arguments.h"

namespace aurochs::worker {

namespace {
// Due at the next look.
constexpr int64_t kLongAgo = std::numeric_limits<int64_t>::min() / 2;
}  // namespace

LockKeeper::LockKeeper(uv_loop_t* loop, Context context, const LoopLag& lag)
    : context_(context), lag_(lag), timer_(loop) {}

void LockKeeper::start() {
  if (running_ || context_.options.skipLockRenewal || context_.options.lockRenewTimeMs <= 0) return;
  running_ = true;
  arm();
}

void LockKeeper::stop() {
  running_ = false;
  timer_.stop();
}

void LockKeeper::arm() {
  const int64_t interval = std::max<int64_t>(context_.options.lockRenewTimeMs / 2, 1);
  timer_.start(static_cast<uint64_t>(interval), [this] {
    renewDue();
    arm();
  });
}

void LockKeeper::renewDue() {
  if (!running_ || renewing_ || !context_.commands.ready()) return;
  const bool blocked = lag_.blocked();
  const int64_t now = steadyClockMs();
  std::vector<JobHandle> handles;
  std::vector<std::string> ids;
  std::vector<std::string> tokens;
  context_.jobs.forEach([&](JobHandle handle, Job& job) {
    // One more ms than BullMQ's "older than half of lockRenewTime": the clock was cut down to whole ones.
    if (!job.holdsLock() || job.lockedAtMs + context_.options.lockRenewTimeMs / 2 > now + 1) return;
    if (blocked && !context_.runsElsewhere(job)) return;
    job.lockedAtMs = now;
    handles.push_back(handle);
    ids.push_back(job.id);
    tokens.push_back(*job.token);
  });
  if (handles.empty()) return;
  renewing_ = true;
  redis::callScript(
      context_.commands, context_.options.scripts->extendLocks,
      protocol::extendLocksArguments(context_.keys, ids, tokens, context_.options.settings.lockDurationMs),
      [this, handles = std::move(handles)](Result<redis::ReplyView> result) {
        renewing_ = false;
        if (result && result.value().size() > handles.size()) result = context_.commands.rejectReply("extendLocks");
        onRenewed(handles, std::move(result));
      });
}

void LockKeeper::onRenewed(const std::vector<JobHandle>& handles, Result<redis::ReplyView> result) {
  if (!result) {
    // A lost connection is told of by the connection; what is due is renewed once it is back.
    if (result.error().kind == ErrorKind::kScript) context_.reportError(result.error());
    if (result.error().kind == ErrorKind::kConnection) {
      for (const JobHandle handle : handles) {
        if (Job* job = context_.jobs.find(handle)) job->lockedAtMs = kLongAgo;
      }
    }
    return;
  }
  std::unordered_set<std::string> refused;
  redis::ReplyView reply = result.value();
  if (reply.size() > 0) {
    redis::ReplyView id = reply.first();
    for (size_t i = 0; i < reply.size(); ++i, id = id.next()) refused.emplace(id.text());
  }
  Event renewed{EventType::kLocksRenewed};
  Event failed{EventType::kLockRenewalFailed};
  for (const JobHandle handle : handles) {
    const Job* job = context_.jobs.find(handle);
    // A job that has begun to finish meanwhile gave its lock back itself.
    if (job == nullptr || !job->holdsLock()) continue;
    (refused.contains(job->id) ? failed : renewed).ids.push_back(job->id);
  }
  if (!failed.ids.empty()) context_.sink.post(std::move(failed));
  if (!renewed.ids.empty() && context_.wants(kInterestLocks)) context_.sink.post(std::move(renewed));
}

}  // namespace aurochs::worker
