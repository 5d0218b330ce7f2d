#include "redis/connection_impl.h"

#include <cassert>
#include <utility>

namespace aurochs::redis {

namespace {
// A connection that held this long was good: the next loss begins with a short pause again. Without it, a server that
// lets us in and refuses every write (READONLY) would be called in a tight loop.
constexpr uint64_t kStableMs = Backoff::kLastMs;
}  // namespace

Connection::Impl::Impl(uv_loop_t* loop, Endpoint endpoint, ConnectionListener* listener)
    : loop_(loop),
      endpoint_(std::move(endpoint)),
      listener_(listener),
      backoff_(uv_hrtime() ^ reinterpret_cast<uintptr_t>(this)) {
  timer_.emplace(loop);
  uv_prepare_init(loop, &beforePoll_);
  beforePoll_.data = this;
}

void Connection::Impl::connect() {
  assert(thread_.isCurrent());
  if (state_ != State::kIdle) return;
  state_ = State::kResolving;
  schedule(0);
}

void Connection::Impl::reset(Error why) {
  assert(thread_.isCurrent());
  if (state_ == State::kIdle || state_ == State::kBackoff || state_ == State::kClosed) return;
  const Error forHandlers = why;
  // What we wanted ourselves says nothing of the server.
  const Retry retry = why.kind == ErrorKind::kClosed ? Retry::kAtOnce : Retry::kFirstAtOnce;
  lose(std::move(why), forHandlers, retry);
}

void Connection::Impl::close(Task done) {
  assert(thread_.isCurrent());
  if (handlesClosed_) {
    if (!done) return;
    // A timer that holds itself: there is no handle of ours left to wait for.
    auto later = std::make_shared<Timer>(loop_);
    later->start(0, [later, done = std::move(done)]() mutable { done(); });
    return;
  }
  if (done) whenClosed_.push_back(std::move(done));
  if (state_ == State::kClosed) return;

  state_ = State::kClosed;
  self_ = shared_from_this();
  uv_close(reinterpret_cast<uv_handle_t*>(&beforePoll_),
           [](uv_handle_t* handle) { static_cast<Impl*>(handle->data)->finishClose(); });
  timer_.reset();
  stream_.reset();
  resolver_.cancel();
  output_ = std::string();
  const Error closed{ErrorKind::kClosed, "", "the connection to Redis at " + describe(endpoint_) + " was closed"};
  for (ReplyHandler& handler : std::exchange(pending_, {})) handler(closed);
}

void Connection::Impl::finishClose() {
  const std::shared_ptr<Impl> self = std::move(self_);
  handlesClosed_ = true;
  for (Task& done : std::exchange(whenClosed_, {})) done();
}

void Connection::Impl::schedule(uint64_t delayMs) {
  timer_->start(delayMs, [this] { resolve(); });
}

void Connection::Impl::resolve() {
  const auto self = shared_from_this();
  state_ = State::kResolving;
  reader_ = std::make_unique<ReplyReader>();
  addresses_.clear();
  nextAddress_ = 0;
  if (!endpoint_.path.empty()) return tryNextAddress(0);
  limitStep("resolving its name");
  resolver_.start(loop_, endpoint_, [this](Result<Addresses> addresses) {
    const auto keep = shared_from_this();
    if (!addresses) return lose(addresses.error());
    addresses_ = std::move(addresses.value());
    tryNextAddress(0);
  });
}

void Connection::Impl::tryNextAddress(int lastStatus) {
  state_ = State::kConnecting;
  const size_t count = endpoint_.path.empty() ? addresses_.size() : 1;
  while (nextAddress_ < count) {
    limitStep("connecting");
    stream_ = openStream(loop_, endpoint_, this);
    const size_t i = nextAddress_++;
    lastStatus =
        endpoint_.path.empty() ? stream_->connectTcp(addresses_[i], endpoint_) : stream_->connectUnix(endpoint_.path);
    if (lastStatus == 0) return;
  }
  const std::string code = uv_err_name(lastStatus);
  lose({ErrorKind::kConnection, code, "connect " + code + ' ' + describe(endpoint_) + ": " + uv_strerror(lastStatus)});
}

void Connection::Impl::beginHandshake() {
  state_ = State::kHandshaking;
  limitStep("logging in");
  output_.clear();
  if (const int status = stream_->startReading()) return onEnd(status);
  if (!handshake_.start(endpoint_, output_)) return onEnd(UV_E2BIG);
  flush();
}

void Connection::Impl::becomeReady() {
  state_ = State::kReady;
  readySinceMs_ = uv_now(loop_);
  timer_->stop();
  listener_->onReady();
}

void Connection::Impl::lose(Error error, const Error& forHandlers, Retry retry) {
  if (state_ == State::kReady && uv_now(loop_) - readySinceMs_ >= kStableMs) backoff_.reset();
  state_ = State::kBackoff;
  stream_.reset();
  resolver_.cancel();
  output_ = std::string();
  uv_prepare_stop(&beforePoll_);
  schedule(delayBefore(retry));

  // All state is settled: a handler may call anything, close() included.
  for (ReplyHandler& handler : std::exchange(pending_, {})) handler(forHandlers);
  if (state_ != State::kClosed) listener_->onDisconnect(error);
}

uint64_t Connection::Impl::delayBefore(Retry retry) {
  if (retry == Retry::kAtOnce) return 0;
  const bool first = backoff_.fresh();
  const uint64_t delayMs = backoff_.nextMs();
  return retry == Retry::kFirstAtOnce && first ? 0 : delayMs;
}

void Connection::Impl::limitStep(const char* step) {
  if (endpoint_.connectTimeoutMs == 0) return timer_->stop();
  timer_->start(endpoint_.connectTimeoutMs, [this, step] {
    const auto self = shared_from_this();
    if (state_ == State::kConnecting && nextAddress_ < addresses_.size()) return tryNextAddress(UV_ETIMEDOUT);
    lose({ErrorKind::kConnection, "ETIMEDOUT",
          "connect ETIMEDOUT " + describe(endpoint_) + ": " + step + " took longer than " +
              std::to_string(endpoint_.connectTimeoutMs) + " ms"});
  });
}

}  // namespace aurochs::redis
