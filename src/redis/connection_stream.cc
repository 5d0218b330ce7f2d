// The half of Connection::Impl that moves bytes: commands out, replies in. I/O thread only.
#include <algorithm>
#include <cassert>
#include <utility>

#include "redis/command.h"
#include "redis/connection_impl.h"
#include "redis/error_reply.h"

namespace aurochs::redis {

namespace {
constexpr size_t kFeedBytes = 16 * 1024;
}

void Connection::Impl::send(std::span<const std::string_view> args, ReplyHandler handler) {
  assert(thread_.isCurrent());
  assert(!args.empty());
  if (state_ == State::kClosed) {
    return handler(Error{ErrorKind::kClosed, "", "the connection to Redis at " + describe(endpoint_) + " is closed"});
  }
  if (state_ != State::kReady) {
    return handler(
        Error{ErrorKind::kConnection, "ENOTCONN", "there is no connection to Redis at " + describe(endpoint_)});
  }
  if (!appendCommand(output_, args)) {
    return handler(Error{ErrorKind::kScript, "ERR", "the command " + std::string(args[0]) + " is too long for Redis"});
  }
  pending_.push_back(std::move(handler));
  scheduleFlush();
}

void Connection::Impl::scheduleFlush() {
  uv_prepare_start(&beforePoll_, [](uv_prepare_t* handle) { static_cast<Impl*>(handle->data)->flush(); });
}

void Connection::Impl::flush() {
  uv_prepare_stop(&beforePoll_);
  if (output_.empty() || !stream_ || stream_->writing()) return;  // onWritten() goes on
  if (const int status = stream_->write(output_)) {
    // From the loop, where handlers may be called.
    timer_->start(0, [this, status] { onEnd(status); });
  }
}

void Connection::Impl::onWritten() { flush(); }

void Connection::Impl::onConnect(int status) {
  const auto self = shared_from_this();
  if (status != 0) return tryNextAddress(status);
  beginHandshake();
}

void Connection::Impl::onRefused(const Error& why) {
  const auto self = shared_from_this();
  lose(why);
}

void Connection::Impl::onEnd(int status) {
  const auto self = shared_from_this();
  if (state_ == State::kHandshaking && !handshake_.refusal().empty()) {
    return lose({ErrorKind::kConnection, std::string(codeOf(handshake_.refusal())),
                 "Redis at " + describe(endpoint_) + " hung up: " + handshake_.refusal()});
  }
  if (status == UV_EOF) {
    return lose({ErrorKind::kConnection, "EOF", "Redis at " + describe(endpoint_) + " closed the connection"});
  }
  lose({ErrorKind::kConnection, uv_err_name(status),
        "the connection to Redis at " + describe(endpoint_) + " was lost: " + uv_strerror(status)});
}

void Connection::Impl::onRead(std::string_view bytes) {
  const auto self = shared_from_this();
  // The socket is gone as soon as something in here loses or closes the connection, and never comes back meanwhile.
  for (; stream_ && !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kFeedBytes))) {
    reader_->feed(bytes.substr(0, kFeedBytes));
    while (stream_) {
      const Result<std::optional<ReplyView>> reply = reader_->next();
      if (!reply) return onProtocolError(reply.error().message);
      if (!reply.value()) break;
      onReply(*reply.value());
    }
  }
}

void Connection::Impl::onReply(ReplyView reply) {
  if (state_ == State::kReady) return onCommandReply(reply);
  const Result<bool> ready = handshake_.onReply(endpoint_, reply);
  if (!ready) return lose(ready.error());
  if (ready.value()) becomeReady();
}

void Connection::Impl::onCommandReply(ReplyView reply) {
  if (pending_.empty()) return onProtocolError("a reply that nothing had asked for");
  if (reply.type() != ReplyType::kError) {
    ReplyHandler handler = std::move(pending_.front());
    pending_.pop_front();
    return handler(reply);
  }
  const std::string text(reply.text());
  const std::string_view unusable = unusableServer(text);
  if (!unusable.empty()) {
    // The command is still pending: it fails with all that follow it.
    return lose({ErrorKind::kConnection, std::string(unusable), "Redis at " + describe(endpoint_) + ": " + text});
  }
  ReplyHandler handler = std::move(pending_.front());
  pending_.pop_front();
  handler(scriptError(text));
}

void Connection::Impl::onProtocolError(const std::string& what) {
  const std::string message = "what answers at " + describe(endpoint_) + " does not speak Redis's protocol: " + what;
  // For a command it is a lost connection like any other.
  lose({ErrorKind::kProtocol, "", message}, {ErrorKind::kConnection, "", message});
}

}  // namespace aurochs::redis
