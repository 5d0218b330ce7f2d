// The part of a link that moves bytes: commands out, replies in. I/O thread only.
#include <algorithm>
#include <cassert>
#include <utility>

#include "redis/command.h"
#include "redis/error_reply.h"
#include "redis/link.h"

namespace aurochs::redis {

namespace {
constexpr size_t kFeedBytes = 16 * 1024;
}

void Link::send(const User* user, std::span<const std::string_view> args, ReplyHandler handler, ReplyAfter expect) {
  assert(thread_.isCurrent());
  assert(!args.empty());
  const State state = user == nullptr ? state_ : stateFor(*user);
  if (state == State::kClosed) {
    return handler(Error{ErrorKind::kClosed, "", "the connection to Redis at " + describe(target_) + " is closed"});
  }
  if (state != State::kReady) {
    return handler(
        Error{ErrorKind::kConnection, "ENOTCONN", "there is no connection to Redis at " + describe(target_)});
  }
  if (!appendCommand(output_, args)) {
    return handler(Error{ErrorKind::kScript, "ERR", "the command " + std::string(args[0]) + " is too long for Redis"});
  }
  const uint64_t expectedMs = uv_now(loop_) + expect.ms;
  watchReply(expectedMs);
  pending_.push_back({std::move(handler), user, expectedMs});
  scheduleFlush();
}

void Link::scheduleFlush() {
  uv_prepare_start(&beforePoll_, [](uv_prepare_t* handle) { static_cast<Link*>(handle->data)->flush(); });
}

void Link::flush() {
  uv_prepare_stop(&beforePoll_);
  if (output_.empty() || !stream_ || stream_->writing()) return;  // onWritten() goes on
  if (const int status = stream_->write(output_)) {
    // From the loop, where handlers may be called.
    timer_->start(0, [this, status] { onEnd(status); });
  }
}

void Link::onWritten() { flush(); }

void Link::onConnect(int status) {
  const auto self = shared_from_this();
  if (status != 0) return tryNextAddress(status);
  beginHandshake();
}

void Link::onRefused(const Error& why) {
  const auto self = shared_from_this();
  lose(why);
}

void Link::onEnd(int status) {
  const auto self = shared_from_this();
  if (state_ == State::kHandshaking && !handshake_.refusal().empty()) {
    return lose({ErrorKind::kConnection, std::string(codeOf(handshake_.refusal())),
                 "Redis at " + describe(target_) + " hung up: " + handshake_.refusal()});
  }
  if (status == UV_EOF) {
    return lose({ErrorKind::kConnection, "EOF", "Redis at " + describe(target_) + " closed the connection"});
  }
  lose({ErrorKind::kConnection, uv_err_name(status),
        "the connection to Redis at " + describe(target_) + " was lost: " + uv_strerror(status)});
}

void Link::onRead(std::string_view bytes) {
  const auto self = shared_from_this();
  lastReplyMs_ = lastProgressMs_ = uv_now(loop_);
  health_->setReply(lastReplyMs_);
  doubt_->end();
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

void Link::onReply(ReplyView reply) {
  if (state_ == State::kReady) return onCommandReply(reply);
  const Result<bool> ready = handshake_.onReply(endpoint_, reply);
  if (!ready) return lose(ready.error());
  if (ready.value()) becomeReady();
}

void Link::onCommandReply(ReplyView reply) {
  if (pending_.empty()) return onProtocolError("a reply that nothing had asked for");
  if (reply.type() == ReplyType::kError) {
    const std::string text(reply.text());
    const std::string_view unusable = unusableServer(text, endpoint_.cluster != nullptr);
    // The command is still pending: it fails with all that follow it.
    if (!unusable.empty()) return onUnusable(std::string(unusable), text);
  }
  ReplyHandler handler = std::move(pending_.front().handler);
  pending_.pop_front();
  if (!handler) return;
  if (reply.type() != ReplyType::kError) return handler(reply);
  handler(scriptError(reply.text()));
}

void Link::onUnusable(const std::string& code, const std::string& text) {
  const Error error{ErrorKind::kConnection, code, "Redis at " + describe(target_) + ": " + text};
  const std::optional<Address> elsewhere = endpoint_.cluster ? movedTo(text) : std::nullopt;
  if (!elsewhere) return lose(error);
  locator_->redirect(*elsewhere);
  lose(error, error, Retry::kFirstAtOnce);
}

void Link::onProtocolError(const std::string& what) {
  const std::string message = "what answers at " + describe(target_) + " does not speak Redis's protocol: " + what;
  // For a command it is a lost connection like any other.
  lose({ErrorKind::kProtocol, "", message}, {ErrorKind::kConnection, "", message});
}

}  // namespace aurochs::redis
