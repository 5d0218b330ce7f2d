#include "worker/marker_wait.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace aurochs::worker {

namespace {

std::string seconds(int64_t ms) {
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%lld.%03lld", static_cast<long long>(ms / 1000),
                                   static_cast<long long>(ms % 1000));
  return {text.data(), static_cast<size_t>(length)};
}

}  // namespace

MarkerWait::MarkerWait(uv_loop_t* loop, redis::Endpoint endpoint, std::string markerKey, Owner* owner)
    : markerKey_(std::move(markerKey)), owner_(owner), connection_(loop, std::move(endpoint), this) {}

void MarkerWait::wait(int64_t timeoutMs, Handler handler) {
  timeoutMs = std::max<int64_t>(timeoutMs, 2);
  const std::string timeout = seconds(timeoutMs);
  const std::array<std::string_view, 3> command{"BZPOPMIN", markerKey_, timeout};
  waiting_ = true;
  connection_.send(
      command,
      [this, handler = std::move(handler)](Result<redis::ReplyView> result) mutable {
        waiting_ = false;
        if (!result) return handler(std::move(result.error()));
        const redis::ReplyView reply = result.value();
        if (reply.isNil()) return handler(std::optional<Marker>{});
        if (reply.size() != 3 || reply.first().text() != markerKey_)
          return handler(connection_.rejectReply("BZPOPMIN"));
        const redis::ReplyView member = reply.first().next();
        std::string score(member.next().text());
        const auto dueAtMs = static_cast<int64_t>(std::strtod(score.c_str(), nullptr));
        handler(std::optional<Marker>{Marker{std::string(member.text()), std::move(score), dueAtMs}});
      },
      redis::ReplyAfter{static_cast<uint64_t>(timeoutMs)});
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
