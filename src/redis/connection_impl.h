// What is behind a Connection: its state machine over a resolver, a socket, a handshake and a reply reader.
// I/O thread only; held by the Connection, and by itself from close() until its handles are closed.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/thread_check.h"
#include "loop/timer.h"
#include "redis/backoff.h"
#include "redis/connection.h"
#include "redis/handshake.h"
#include "redis/reply_reader.h"
#include "redis/resolver.h"
#include "redis/stream.h"

namespace aurochs::redis {

class Connection::Impl final : public std::enable_shared_from_this<Impl>, public Stream::Listener {
 public:
  Impl(uv_loop_t* loop, Endpoint endpoint, ConnectionListener* listener);

  void connect();
  void close(Task done);
  void reset(Error why);
  void send(std::span<const std::string_view> args, ReplyHandler handler);
  void flush();
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  enum class Retry { kAtOnce, kFirstAtOnce, kBackoff };

  // connection_impl.cc: one attempt after the other.
  void schedule(uint64_t delayMs);
  void resolve();
  void tryNextAddress(int lastStatus);
  void beginHandshake();
  void becomeReady();
  void lose(Error error, const Error& forHandlers, Retry retry = Retry::kBackoff);
  void lose(const Error& error) { lose(error, error); }
  uint64_t delayBefore(Retry retry);
  void limitStep(const char* step);
  void finishClose();

  // connection_stream.cc: what goes over the socket.
  void onConnect(int status) override;
  void onRefused(const Error& why) override;
  void onRead(std::string_view bytes) override;
  void onWritten() override;
  void onEnd(int status) override;
  void onReply(ReplyView reply);
  void onCommandReply(ReplyView reply);
  void onProtocolError(const std::string& what);
  void scheduleFlush();

  uv_loop_t* const loop_;
  const Endpoint endpoint_;
  ConnectionListener* const listener_;
  const ThreadCheck thread_;

  State state_ = State::kIdle;
  Backoff backoff_;
  uint64_t readySinceMs_ = 0;   // the loop's clock
  std::optional<Timer> timer_;  // the pause before an attempt, or the limit of its present step; none once closed
  uv_prepare_t beforePoll_;     // active while there is something to flush

  // Of one attempt.
  Resolver resolver_;
  Addresses addresses_;
  size_t nextAddress_ = 0;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<ReplyReader> reader_;  // stays behind the socket: a reply being handled points into it
  Handshake handshake_;

  std::string output_;
  std::deque<ReplyHandler> pending_;

  // From close() on.
  std::shared_ptr<Impl> self_;
  std::vector<Task> whenClosed_;
  bool handlesClosed_ = false;
};

}  // namespace aurochs::redis
