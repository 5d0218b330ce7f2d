#include "worker/fetcher.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/clock.h"
#include "protocol/arguments.h"

namespace aurochs::worker {

namespace {

// BullMQ's ceiling for one BZPOPMIN: longer ones suffer when the connection does.
constexpr int64_t kMaximumBlockMs = 10000;
// A fetch that Redis answers with an error isn't repeated at once.
constexpr int64_t kErrorDelayMs = 1000;

}  // namespace

Fetcher::Fetcher(uv_loop_t* loop, Context context, protocol::ScriptOptions& scriptOptions, Batcher& batcher, Host* host)
    : context_(context),
      scriptOptions_(scriptOptions),
      batcher_(batcher),
      host_(host),
      marker_(loop, context.options.blockingEndpoint, context.keys.marker, this),
      delay_(loop) {}

void Fetcher::close(Task done) {
  delay_.stop();
  marker_.close(std::move(done));
}

void Fetcher::pump() {
  if (fetching_ || delay_.active() || !context_.commands.ready() || !host_->hasRoom()) return;
  const int64_t limitMs = limitUntilMs_ - wallClockMs();
  if (limitMs > 0) {
    // Not longer than this, so that delayed jobs are promoted while the queue is rate limited.
    return pauseFor(std::min(limitMs, context_.options.maximumRateLimitDelayMs), true);
  }
  // The marker comes back as soon as there is a job: until then fetching would be in vain.
  if (waiting_) return;
  drained_ && !fetchFirst_ ? wait() : fetch();
}

void Fetcher::pauseFor(int64_t delayMs, bool limited) {
  delay_.start(static_cast<uint64_t>(delayMs), [this, limited] {
    if (limited) {
      drained_ = false;
      limitUntilMs_ = 0;
    }
    pump();
  });
}

/// Redis has refused what it was asked for.
void Fetcher::pauseAfter(const Error& error) {
  context_.reportError(error);
  pauseFor(std::min(context_.options.runRetryDelayMs, kErrorDelayMs), false);
}

void Fetcher::fetch() {
  fetching_ = true;
  batcher_.fetches() ? batcher_.fill() : fetchOne();
}

void Fetcher::fetchOne() {
  std::shared_ptr<const std::string> token = batcher_.nextToken();
  std::string options = scriptOptions_.moveToActive(*token);
  redis::callScript(context_.commands, context_.options.scripts->moveToActive,
                    protocol::moveToActiveArguments(context_.keys, wallClockMs(), std::move(options)),
                    [this, token = std::move(token)](Result<redis::ReplyView> result) mutable {
                      onFetchReply(std::move(result), std::move(token));
                    });
}

void Fetcher::onFetchReply(Result<redis::ReplyView> result, std::shared_ptr<const std::string> token) {
  if (!result) return onFillFailed(result.error());
  std::optional<protocol::NextJob> next = protocol::NextJob::fromReply(result.value());
  if (!next) return onFillFailed(context_.commands.rejectReply("moveToActive"));
  fetching_ = false;
  fetchFirst_ = false;
  popped_.reset();
  onReply(*next);
  if (next->hash) {
    host_->onFetched(std::move(*next), std::move(token));
  } else {
    host_->onIdle();
  }
  pump();
}

void Fetcher::onFillFailed(const Error& error) {
  fetching_ = false;
  fetchFirst_ = true;
  if (error.kind == ErrorKind::kScript) {
    pauseAfter(error);
  }
  // A lost connection: pump() is called again when it is back. A job that was fetched and never arrived here is
  // recovered as stalled once its lock has run out.
  if (error.kind != ErrorKind::kClosed) host_->onIdle();
}

void Fetcher::onBatch(const Batcher::Fetched& batch) {
  if (batch.filled) {
    fetching_ = false;
    if (batch.asked > 0) {
      fetchFirst_ = false;
      popped_.reset();
    } else if (popped_) {
      // Popped in vain, it turns out.
      putBack(*std::exchange(popped_, std::nullopt));
    }
  }
  if (batch.asked > 0) learn(batch);
}

void Fetcher::onReply(const protocol::NextJob& next) {
  learn({.asked = 1,
         .fetched = next.hash ? size_t{1} : 0,
         .limitDelayMs = next.limitDelayMs,
         .delayUntilMs = next.delayUntilMs});
}

void Fetcher::learn(const Batcher::Fetched& reply) {
  limitUntilMs_ = reply.limitDelayMs > 0 ? wallClockMs() + reply.limitDelayMs : 0;
  blockUntilMs_ = reply.delayUntilMs;
  if (reply.fetched > 0) drained_ = false;
  if (reply.fetched < reply.asked) markDrained();
}

void Fetcher::onSettled(int64_t limitUntilMs, int64_t blockUntilMs, bool drained) {
  if (limitUntilMs > 0) limitUntilMs_ = limitUntilMs;
  if (blockUntilMs > 0) blockUntilMs_ = blockUntilMs;
  // BullMQ's code has emitted `drained` itself.
  if (drained) drained_ = true;
}

void Fetcher::markDrained() {
  if (drained_) return;
  drained_ = true;
  if (context_.wants(kInterestDrained)) context_.sink.post({EventType::kDrained});
}

void Fetcher::wait() {
  const int64_t now = wallClockMs();
  const int64_t timeoutMs = blockTimeoutMs(now);
  // The delayed job that was waited for is due.
  if (timeoutMs <= 0) return fetch();
  if (!marker_.ready()) return;
  const int64_t blockedUntilMs = blockUntilMs_;
  limitUntilMs_ = 0;
  blockUntilMs_ = 0;
  waiting_ = true;
  marker_.wait(timeoutMs, [this, blockedUntilMs](Result<std::optional<Marker>> result) {
    waiting_ = false;
    onMarker(blockedUntilMs, std::move(result));
  });
}

int64_t Fetcher::blockTimeoutMs(int64_t nowMs) const {
  if (blockUntilMs_ == 0) return context_.options.drainDelayMs;
  return std::min(blockUntilMs_ - nowMs, kMaximumBlockMs);
}

void Fetcher::onMarker(int64_t blockedUntilMs, Result<std::optional<Marker>> result) {
  if (!result) {
    // The reply that was lost may have been a marker.
    fetchFirst_ = true;
    // When the connection is back, pump() is called again; an error reply leaves it to us.
    if (result.error().kind == ErrorKind::kScript) onWaitRefused(result.error());
    return;
  }
  const std::optional<Marker>& marker = result.value();
  if (marker && !host_->hasRoom()) {
    // Popped in vain: the worker was paused or filled up meanwhile. Another one may be waiting for it.
    return putBack(*marker);
  }
  if (marker) {
    blockUntilMs_ = blockedUntilMs > 0 ? std::min(blockedUntilMs, marker->dueAtMs) : marker->dueAtMs;
    if (blockUntilMs_ - wallClockMs() >= 1) return pump();
  }
  fetchFirst_ = true;
  popped_ = marker;
  pump();
}

void Fetcher::onWaitRefused(const Error& error) {
  // CLIENT UNBLOCK … ERROR: somebody wants us to look.
  if (error.code == "UNBLOCKED") return pump();
  pauseAfter(error);
}

void Fetcher::putBack(const Marker& marker) {
  fetchFirst_ = true;
  if (!context_.commands.ready()) {
    popped_ = marker;
    return;
  }
  // LT: never later than what somebody has put there meanwhile.
  const std::array<std::string_view, 5> command{"ZADD", context_.keys.marker, "LT", marker.score, marker.member};
  context_.commands.send(command, [](Result<redis::ReplyView>) {});
}

void Fetcher::onCommandsReady() {
  fetchFirst_ = true;
  if (popped_ && !host_->hasRoom()) putBack(*std::exchange(popped_, std::nullopt));
  popped_.reset();
  pump();
}

void Fetcher::onMarkerReady() {
  host_->onMarkerReady();
  pump();
}

void Fetcher::cancelWait() {
  delay_.stop();
  if (waiting_) marker_.cancel();
}

}  // namespace aurochs::worker
