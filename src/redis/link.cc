// One attempt to connect after the other. I/O thread only.
#include "redis/link.h"

#include <cassert>
#include <utility>

namespace aurochs::redis {

namespace {
// A connection that held this long was good: the next loss begins with a short pause again. Without it, a server that
// lets us in and refuses every write (READONLY) would be called in a tight loop.
constexpr uint64_t kStableMs = 2000;
}  // namespace

Link::Link(uv_loop_t* loop, Endpoint endpoint)
    : loop_(loop),
      endpoint_(std::move(endpoint)),
      backoff_(uv_hrtime() ^ reinterpret_cast<uintptr_t>(this), endpoint_.retryDelays),
      locator_(makeLocator(loop, endpoint_)),
      target_(endpoint_) {
  timer_.emplace(loop);
  welcome_.emplace(loop);
  watch_.emplace(loop);
  doubt_.emplace(loop, [this] { onSilence(); });
  uv_prepare_init(loop, &beforePoll_);
  beforePoll_.data = this;
  health_->setServer(describe(endpoint_));
}

void Link::setState(State state) {
  state_ = state;
  health_->setState(state);
}

void Link::connect(User& user) {
  assert(thread_.isCurrent());
  if (!user.attached || std::exchange(user.connected, true)) return;
  if (state_ == State::kIdle || state_ == State::kEnded) {
    backoff_.reset();
    setState(State::kLocating);
    schedule(0);
  } else if (state_ == State::kReady) {
    welcome_->start(0, [this] { tellReady(); });
  }
}

void Link::reset(Error why) {
  assert(thread_.isCurrent());
  const bool atRest = state_ == State::kIdle || state_ == State::kBackoff || state_ == State::kEnded;
  if (atRest || state_ == State::kClosed) return;
  const Error forHandlers = why;
  // What we wanted ourselves says nothing of the server.
  const Retry retry = why.kind == ErrorKind::kClosed ? Retry::kAtOnce : Retry::kFirstAtOnce;
  lose(std::move(why), forHandlers, retry);
}

void Link::schedule(uint64_t delayMs) {
  timer_->start(delayMs, [this] { locate(); });
}

void Link::locate() {
  const auto self = shared_from_this();
  setState(State::kLocating);
  reader_ = std::make_unique<ReplyReader>();
  addresses_.clear();
  nextAddress_ = 0;
  if (!endpoint_.path.empty()) return tryNextAddress(0);
  if (!locator_) return resolve();
  // A locator asks several servers, and limits each.
  timer_->stop();
  locator_->start([this](Result<Address> address) {
    const auto keep = shared_from_this();
    if (!address) return lose(address.error());
    target_.host = address.value().host;
    target_.port = address.value().port;
    health_->setServer(describe(target_));
    resolve();
  });
}

void Link::resolve() {
  const auto self = shared_from_this();
  limitStep("resolving its name");
  resolver_.start(loop_, target_, [this](Result<Addresses> addresses) {
    const auto keep = shared_from_this();
    if (!addresses) return lose(addresses.error());
    addresses_ = std::move(addresses.value());
    tryNextAddress(0);
  });
}

void Link::tryNextAddress(int lastStatus) {
  setState(State::kConnecting);
  const size_t count = endpoint_.path.empty() ? addresses_.size() : 1;
  while (nextAddress_ < count) {
    limitStep("connecting");
    stream_ = openStream(loop_, target_, this);
    const size_t i = nextAddress_++;
    lastStatus =
        endpoint_.path.empty() ? stream_->connectTcp(addresses_[i], target_) : stream_->connectUnix(endpoint_.path);
    if (lastStatus == 0) return;
  }
  const std::string code = uv_err_name(lastStatus);
  lose({ErrorKind::kConnection, code, "connect " + code + ' ' + describe(target_) + ": " + uv_strerror(lastStatus)});
}

void Link::beginHandshake() {
  setState(State::kHandshaking);
  limitStep("logging in");
  output_.clear();
  if (const int status = stream_->startReading()) return onEnd(status);
  if (!handshake_.start(target_, output_)) return onEnd(UV_E2BIG);
  flush();
}

void Link::becomeReady() {
  setState(State::kReady);
  readySinceMs_ = uv_now(loop_);
  timer_->stop();
  beginWatch();
  tellReady();
}

void Link::lose(Error error, const Error& forHandlers, Retry retry) {
  if (state_ == State::kReady && uv_now(loop_) - readySinceMs_ >= kStableMs) backoff_.reset();
  stream_.reset();
  resolver_.cancel();
  // Else it may still be learning more servers.
  if (locator_ && state_ == State::kLocating) locator_->cancel();
  output_ = std::string();
  uv_prepare_stop(&beforePoll_);
  welcome_->stop();
  watch_->stop();
  doubt_->end();
  if (const std::optional<uint64_t> delayMs = delayBefore(retry)) {
    setState(State::kBackoff);
    schedule(*delayMs);
  } else {
    setState(State::kEnded);
    timer_->stop();
    error.message += "; connection.retryStrategy allows no further attempt: the connection has ended";
  }
  if (error.kind != ErrorKind::kClosed) health_->setError(error, uv_now(loop_));
  scripts_.clear();
  for (const auto& user : users_) user->ready = false;

  // All state is settled: a handler may call anything, close() included.
  failing_ = std::exchange(pending_, {});
  while (!failing_.empty()) {
    ReplyHandler handler = std::move(failing_.front().handler);
    failing_.pop_front();
    if (handler) handler(forHandlers);
  }
  for (const auto& user : std::vector(users_)) {
    if (user->attached && user->connected) user->listener->onDisconnect(error);
  }
}

std::optional<uint64_t> Link::delayBefore(Retry retry) {
  if (retry == Retry::kAtOnce) return 0;
  const bool first = backoff_.fresh();
  const std::optional<uint64_t> delayMs = backoff_.nextMs();
  return delayMs && retry == Retry::kFirstAtOnce && first ? 0 : delayMs;
}

void Link::limitStep(const char* step) {
  if (endpoint_.connectTimeoutMs == 0) return timer_->stop();
  timer_->start(endpoint_.connectTimeoutMs, [this, step] {
    const auto self = shared_from_this();
    if (state_ == State::kConnecting && nextAddress_ < addresses_.size()) return tryNextAddress(UV_ETIMEDOUT);
    // A plain Redis waits in silence for the end of what it takes for a command.
    const bool shaking = endpoint_.tls && state_ == State::kConnecting;
    lose({ErrorKind::kConnection, "ETIMEDOUT",
          "connect ETIMEDOUT " + describe(target_) + ": " + step + " took longer than " +
              std::to_string(endpoint_.connectTimeoutMs) + " ms" + (shaking ? "; does this port speak TLS?" : "")});
  });
}

}  // namespace aurochs::redis
