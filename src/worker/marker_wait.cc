#include "worker/marker_wait.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace aurochs::worker {

namespace {

// How long past its time-out a BZPOPMIN may stay silent before its connection counts as dead.
constexpr int64_t kGraceMs = 1000;

std::string seconds(int64_t ms) {
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%lld.%03lld", static_cast<long long>(ms / 1000),
                                   static_cast<long long>(ms % 1000));
  return {text.data(), static_cast<size_t>(length)};
}

}  // namespace

MarkerWait::MarkerWait(uv_loop_t* loop, redis::Endpoint endpoint, std::string markerKey, Owner* owner)
    : markerKey_(std::move(markerKey)), owner_(owner), connection_(loop, std::move(endpoint), this), watchdog_(loop) {}

void MarkerWait::close(Task done) {
  watchdog_.stop();
  connection_.close(std::move(done));
}

void MarkerWait::wait(int64_t timeoutMs, Handler handler) {
  timeoutMs = std::max<int64_t>(timeoutMs, 2);
  const std::string timeout = seconds(timeoutMs);
  const std::array<std::string_view, 3> command{"BZPOPMIN", markerKey_, timeout};
  waiting_ = true;
  watchdog_.start(static_cast<uint64_t>(timeoutMs + kGraceMs), [this] {
    connection_.reset({ErrorKind::kConnection, "ETIMEDOUT",
                       "BZPOPMIN on " + markerKey_ + " got no reply from " + describe(connection_.endpoint()) +
                           "; the connection is made anew"});
  });
  connection_.send(command, [this, handler = std::move(handler)](Result<redis::ReplyView> result) mutable {
    waiting_ = false;
    watchdog_.stop();
    if (!result) return handler(std::move(result.error()));
    const redis::ReplyView reply = result.value();
    if (reply.size() < 3) return handler(std::optional<Marker>{});
    const redis::ReplyView member = reply.first().next();
    std::string score(member.next().text());
    const auto dueAtMs = static_cast<int64_t>(std::strtod(score.c_str(), nullptr));
    handler(std::optional<Marker>{Marker{std::string(member.text()), std::move(score), dueAtMs}});
  });
}

void MarkerWait::cancel() {
  if (!waiting_) return;
  cancelling_ = true;
  connection_.reset({ErrorKind::kClosed, "", "the wait for jobs was cancelled"});
  cancelling_ = false;
}

void MarkerWait::onDisconnect(const Error& error) {
  if (!cancelling_ && error.kind != ErrorKind::kClosed) owner_->onMarkerDisconnect(error);
}

}  // namespace aurochs::worker
