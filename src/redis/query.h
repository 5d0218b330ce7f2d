// One question to one server: a connection of its own, one command, its reply, and the connection is closed.
// I/O thread only; owned by whoever asks. Destroying it cancels it.
#pragma once

#include <string>
#include <vector>

#include "loop/timer.h"
#include "redis/connection.h"

namespace aurochs::redis {

class Query final : private ConnectionListener {
 public:
  /// Called once, from the loop: with the reply, or kConnection with what went wrong, Redis's error replies included.
  /// It may destroy the query.
  using Handler = UniqueFunction<void(Result<ReplyView>)>;

  /// Begins at once. `server` is an address and how to log in there; its connectTimeoutMs limits the whole.
  Query(uv_loop_t* loop, Endpoint server, std::vector<std::string> command, Handler handler);
  /// The handler is dropped.
  ~Query() override;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// The server, or something before it, took the connection; also from inside the handler.
  [[nodiscard]] bool reached() const { return reached_; }

 private:
  void onReady() override;
  void onDisconnect(const Error& error) override;
  void finish(Result<ReplyView> answer);

  const std::vector<std::string> command_;
  bool reached_ = false;
  Handler handler_;  // null from its call on
  Timer limit_;
  Connection connection_;  // goes first: it may still call us
};

}  // namespace aurochs::redis
