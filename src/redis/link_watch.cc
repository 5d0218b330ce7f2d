// Notices that a server is gone although its connection isn't: each command has a limit, and an idle connection is
// asked whether it still is one. I/O thread only.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "redis/link.h"

namespace aurochs::redis {

namespace {
// An idle connection is probed after this time.
constexpr uint64_t kProbeAfterMs = 30'000;
// A reply that is late by this time makes us wonder.
constexpr uint64_t kLateMs = 1500;
// A write that is under way is looked at again after this time, to see whether it moves.
constexpr uint64_t kWriteLookMs = 500;
// A look that comes this late says more of us than of the server.
constexpr uint64_t kHeldUpMs = 100;
}  // namespace

void Link::beginWatch() {
  watch_->stop();
  lastReplyMs_ = lastProgressMs_ = uv_now(loop_);
  lastUnwritten_ = 0;
  watch(lastReplyMs_ + kProbeAfterMs);
}

void Link::watchReply(uint64_t expectedMs) {
  const uint64_t limitMs = endpoint_.commandTimeoutMs;
  watch(expectedMs + (limitMs > 0 ? std::min<uint64_t>(limitMs, kLateMs) : kLateMs));
}

/// Has look() called by then. The timer is not moved with each command: it finds out itself what there is to wait for.
void Link::watch(uint64_t dueMs) {
  if (watch_->active() && watchDueMs_ <= dueMs) return;
  watchDueMs_ = dueMs;
  const uint64_t now = uv_now(loop_);
  watch_->start(dueMs > now ? dueMs - now : 0, [this] { look(); });
}

void Link::look() {
  const auto self = shared_from_this();
  const uint64_t now = uv_now(loop_);
  if (pending_.empty() && now - lastReplyMs_ >= kProbeAfterMs) sendPing();
  if (pending_.empty()) return watch(lastReplyMs_ + kProbeAfterMs);

  // Held up ourselves (a suspended process): what has come meanwhile lies in the socket, and has not been read.
  if (now >= watchDueMs_ + kHeldUpMs) lastProgressMs_ = now;
  noteProgress();
  const uint64_t sinceMs = std::max(pending_.front().expectedMs, lastProgressMs_);
  const uint64_t limitMs = doubt_->reached() ? endpoint_.busyTimeoutMs : endpoint_.commandTimeoutMs;
  const uint64_t dueMs = limitMs > 0 ? sinceMs + limitMs : UINT64_MAX;
  if (now >= dueMs) return onSilence();
  if (now >= sinceMs + kLateMs) {
    doubt_->begin(target_);
    return watch(std::min(dueMs, now + kProbeAfterMs));
  }
  watch(lastUnwritten_ > 0 ? now + kWriteLookMs : std::min(dueMs, sinceMs + kLateMs));
}

void Link::sendPing() {
  static constexpr std::array<std::string_view, 1> kPing = {"PING"};
  const auto onReply = [this](const Result<ReplyView>& reply) {
    if (reply && reply.value().text() != "PONG") onProtocolError("no reply to PING is like that");
  };
  send(nullptr, kPing, onReply, {});
}

/// Bytes that come, or go, show that somebody is there.
void Link::noteProgress() {
  const size_t unwritten = stream_->unwritten();
  const size_t before = std::exchange(lastUnwritten_, unwritten);
  if (before > 0 && unwritten != before) lastProgressMs_ = uv_now(loop_);
}

void Link::onSilence() {
  lose({ErrorKind::kConnection, "ETIMEDOUT",
        "Redis at " + describe(target_) + " gave no reply for " + std::to_string(uv_now(loop_) - lastReplyMs_) +
            " ms: the connection is made anew"});
}

}  // namespace aurochs::redis
