#include "redis/tls_stream.h"

#include <cassert>
#include <utility>

#include "redis/tls_error.h"

namespace aurochs::redis {

namespace {

constexpr size_t kReadBytes = 64 * 1024;
constexpr size_t kKeepWriteBytes = 1024 * 1024;

// Every TLS record begins with its type; text does not.
bool beginsRecord(char first) { return first >= SSL3_RT_CHANGE_CIPHER_SPEC && first <= SSL3_RT_APPLICATION_DATA; }

}  // namespace

TlsStream::TlsStream(uv_loop_t* loop, const Endpoint& endpoint, Stream::Listener* listener)
    : context_(endpoint.tls), listener_(listener), socket_(loop, this) {}

TlsStream::~TlsStream() {
  if (destroyed_ != nullptr) *destroyed_ = true;
  if (state_ != State::kOpen || writing()) return;
  // As far as the system takes it: the server shall not have to wonder.
  session_->end();
  (void)flush();
}

int TlsStream::connectTcp(const sockaddr_storage& address, const Endpoint& options) {
  if (const int status = begin(describe(Address{options.host, options.port}), options.host)) return status;
  return socket_.connectTcp(address, options);
}

int TlsStream::connectUnix(const std::string& path) {
  if (const int status = begin(path, "")) return status;
  return socket_.connectUnix(path);
}

int TlsStream::begin(const std::string& place, const std::string& host) {
  place_ = place;
  session_ = std::make_unique<TlsSession>(context_, place);
  if (!session_->begin(host)) return UV_EINVAL;
  state_ = State::kConnecting;
  return 0;
}

int TlsStream::startReading() {
  assert(state_ == State::kOpen);
  reading_ = true;
  return 0;
}

int TlsStream::write(std::string& bytes) {
  assert(state_ == State::kOpen && !writing());
  const bool written = session_->write(bytes);
  bytes.clear();
  if (bytes.capacity() > kKeepWriteBytes) bytes = std::string();
  return written ? flush() : UV_EPROTO;
}

bool TlsStream::writing() const { return passedOn_ || deaf_; }

size_t TlsStream::unwritten() const { return writing() ? socket_.unwritten() + session_->output().size() : 0; }

/// Sends what the session has for the peer, unless the socket is still at the last of it.
int TlsStream::flush() {
  if (session_->output().empty() || writing()) return 0;
  const int status = socket_.write(session_->output());
  passedOn_ = socket_.writing();
  return status;
}

void TlsStream::onConnect(int status) {
  if (status == 0) status = socket_.startReading();
  if (status != 0) {
    state_ = State::kEnded;
    return listener_->onConnect(status);
  }
  state_ = State::kHandshaking;
  (void)handshake();
}

/// @returns whether it is through, and the stream still there.
bool TlsStream::handshake() {
  const TlsSession::Outcome outcome = session_->handshake();
  const int status = flush();  // a failed one's alert, too
  if (outcome == TlsSession::Outcome::kNeedsInput && status == 0) return false;
  if (outcome == TlsSession::Outcome::kDone && status == 0) {
    bool destroyed = false;
    destroyed_ = &destroyed;
    state_ = State::kOpen;
    listener_->onConnect(0);
    if (destroyed) return false;
    destroyed_ = nullptr;
    assert(reading_);
    return true;
  }
  if (outcome == TlsSession::Outcome::kFailed) {
    refuse(session_->failure());
  } else {
    refuse(endedInHandshake(place_, status == 0 ? UV_EOF : status));
  }
  return false;
}

void TlsStream::onRead(std::string_view bytes) {
  if (state_ == State::kEnded) return;
  if (!std::exchange(heardPeer_, true) && !beginsRecord(bytes.front())) return refuse(notTls(place_));
  session_->feed(bytes);
  if (state_ == State::kHandshaking && !handshake()) return;
  deliver();
}

/// Decrypts the whole input, in pieces for the listener.
void TlsStream::deliver() {
  // Not initialised: an idle connection touches none of its pages.
  if (!buffer_) buffer_.reset(new char[kReadBytes]);
  bool destroyed = false;
  destroyed_ = &destroyed;
  TlsSession::Outcome outcome = TlsSession::Outcome::kDone;
  while (outcome == TlsSession::Outcome::kDone) {
    size_t filled = 0;
    outcome = session_->read({buffer_.get(), kReadBytes}, filled);
    if (filled == 0) continue;
    listener_->onRead({buffer_.get(), filled});
    if (destroyed) return;
  }
  destroyed_ = nullptr;

  const int status = flush();  // an alert, or the answer to a request for new keys
  if (outcome == TlsSession::Outcome::kFailed) return refuse(session_->failure());
  if (outcome == TlsSession::Outcome::kEnded) return finish(UV_EOF);
  if (status != 0) finish(status);
}

void TlsStream::onWritten() {
  passedOn_ = false;
  if (state_ == State::kEnded) return;
  const int status = flush();
  if (status != 0) return finish(status);
  if (state_ == State::kOpen && !writing()) listener_->onWritten();
}

void TlsStream::onEnd(int status) {
  if (state_ == State::kEnded) return;
  const bool writeFailed = std::exchange(passedOn_, socket_.writing()) && !socket_.writing();
  // The peer hangs up right behind the alert that says why, and what we are writing meets that first: read on.
  if (writeFailed && (status == UV_EPIPE || status == UV_ECONNRESET)) {
    deaf_ = true;
    return;
  }
  finish(status);
}

void TlsStream::onRefused(const Error& why) { refuse(why); }

void TlsStream::refuse(const Error& why) {
  state_ = State::kEnded;
  listener_->onRefused(Error(why));  // a copy: `why` may be the session's, and the listener may destroy that
}

void TlsStream::finish(int status) {
  const State before = std::exchange(state_, State::kEnded);
  if (before == State::kHandshaking) return listener_->onRefused(endedInHandshake(place_, status));
  listener_->onEnd(status);
}

}  // namespace aurochs::redis
