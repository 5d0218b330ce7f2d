// One connection to one Redis server: resolves, connects, logs in, pipelines, and reconnects by itself.
// I/O thread only; owned by its worker loop. Ends with close(), then destruction once `done` has run.
#pragma once

#include <uv.h>

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/unique_function.h"
#include "redis/endpoint.h"
#include "redis/reply.h"

namespace aurochs::redis {

/// Called exactly once for each command: with the reply, a kScript error (Redis's error reply), a kConnection
/// error (the connection went before the reply came: the command may or may not have run), kClosed, or what reset()
/// was given. It may call anything of its connection: send(), reset(), close(); even destroy it.
using ReplyHandler = UniqueFunction<void(Result<ReplyView>)>;

/// What the owner of a connection hears of it. Calls come on the I/O thread, never from inside a send(), connect() or
/// close(); a reset() calls onDisconnect() before it returns.
class ConnectionListener {
 public:
  virtual ~ConnectionListener() = default;
  /// Logged in, commands may be sent. Again after each reconnect.
  virtual void onReady() = 0;
  /// The connection was refused, lost or reset; pending commands have failed; it tries again by itself.
  /// kConnection with Redis's code (WRONGPASS, LOADING, READONLY, …) or libuv's (ECONNREFUSED, ETIMEDOUT, EOF, …),
  /// kProtocol when the peer does not speak RESP, or what reset() was given.
  virtual void onDisconnect(const Error& error) = 0;
};

///         connect()                                              lost, reset(), READONLY, LOADING
///   kIdle ─────────▶ kResolving ─▶ kConnecting ─▶ kHandshaking ─▶ kReady ─────────────▶ kBackoff
///                        ▲              │               │                                 ▲ │
///                        │              └───────────────┴────── refused, timed out ───────┘ │
///                        └──────────────── 50 ms to 2 s, with jitter ───────────────────────┘
///   close() leads from every state to kClosed.
class Connection {
 public:
  enum class State { kIdle, kResolving, kConnecting, kHandshaking, kReady, kBackoff, kClosed };

  /// `listener` outlives the connection, or its close().
  Connection(uv_loop_t* loop, Endpoint endpoint, ConnectionListener* listener);
  /// Closes what is still open.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Begins; nothing happens when it has begun already.
  void connect();
  /// Idempotent: every `done` runs. Pending handlers get kClosed before this returns, no listener call follows; `done`
  /// runs when the handles are closed (later, never from inside this call).
  void close(Task done);
  /// Drops the socket (pending handlers get `why`, then the listener) and connects again: at once, or with the usual
  /// backoff when the connection was lost a moment ago too, unless `why` is kClosed: then it was no fault of the
  /// server's. Nothing happens when there is no connection or attempt.
  void reset(Error why);

  [[nodiscard]] State state() const;
  [[nodiscard]] bool ready() const { return state() == State::kReady; }
  [[nodiscard]] const Endpoint& endpoint() const;

  /// Pipelines a command; written together with all others of this loop iteration. `args` are copied.
  /// `handler` is called before send() returns only when nothing was sent: with a kConnection error when the
  /// connection isn't ready, kClosed after close(), kScript when the command is too long (1 GB).
  void send(std::span<const std::string_view> args, ReplyHandler handler);
  /// Writes now what was sent in this iteration of the loop: for senders that run when it is about to wait.
  void flush();

 private:
  class Impl;  // kept by libuv's callbacks until the handles are closed
  std::shared_ptr<Impl> impl_;
};

}  // namespace aurochs::redis
