// A connection to one Redis server: finds, connects, logs in, pipelines, and reconnects by itself. What is behind it
// may be shared with other Connections. I/O thread only; owned by its worker loop. Ends with close(), then destruction
// once `done` has run.
#pragma once

#include <uv.h>

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/unique_function.h"
#include "redis/endpoint.h"
#include "redis/health.h"
#include "redis/reply.h"

namespace aurochs::redis {

class Link;
struct LinkUser;

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
  /// kConnection with Redis's code (WRONGPASS, LOADING, READONLY, …), libuv's (ECONNREFUSED, ETIMEDOUT, EOF, …) or
  /// Node's for TLS (CERT_HAS_EXPIRED, …), kProtocol when the peer does not speak RESP, or what reset() was given.
  virtual void onDisconnect(const Error& error) = 0;
};

/// How long Redis itself may keep a command's reply back: a blocking one's time-out.
struct ReplyAfter {
  uint64_t ms = 0;
};

class Connection {
 public:
  using State = ConnectionState;
  enum class Sharing {
    kNone,
    kSameEndpoint,  ///< With all that ask for it on this loop, for an endpoint of the same identity.
  };

  /// `listener` outlives the connection, or its close().
  Connection(uv_loop_t* loop, Endpoint endpoint, ConnectionListener* listener, Sharing sharing = Sharing::kNone);
  /// Closes what is still open.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Begins; nothing happens when it has begun already.
  void connect();
  /// Idempotent: every `done` runs. Pending handlers get kClosed before this returns, no listener call follows; `done`
  /// runs when the handles are closed, or left to others (later, never from inside this call).
  void close(Task done);
  /// Drops the stream (pending handlers get `why`, then the listeners) and connects again: at once, or with the usual
  /// backoff when the connection was lost a moment ago too, unless `why` is kClosed: then it was no fault of the
  /// server's. Nothing happens when there is no connection or attempt.
  void reset(Error why);

  /// From inside a handler: its reply can't be the one to `command`. Replies and commands are out of step, so that none
  /// can be trusted: the connection is made anew. @returns what the handler goes on with instead of the reply.
  Error rejectReply(std::string_view command);

  [[nodiscard]] State state() const;
  [[nodiscard]] bool ready() const { return state() == State::kReady; }
  [[nodiscard]] const Endpoint& endpoint() const;
  /// Of the link behind it, for any thread.
  [[nodiscard]] std::shared_ptr<const HealthBoard> health() const;

  /// Pipelines a command; written together with all others of this loop iteration. `args` are copied.
  /// `handler` is called before send() returns only when nothing was sent: with a kConnection error when the
  /// connection isn't ready, kClosed after close(), kScript when the command is too long (1 GB).
  void send(std::span<const std::string_view> args, ReplyHandler handler, ReplyAfter expect = {});
  /// @returns whether nobody has loaded this script since the server was connected to: the caller does so now.
  [[nodiscard]] bool claimScript(const std::string& sha1);
  /// Writes now what was sent in this iteration of the loop: for senders that run when it is about to wait.
  void flush();

 private:
  std::shared_ptr<Link> link_;  // kept by libuv's callbacks until the handles are closed
  std::shared_ptr<LinkUser> user_;
};

}  // namespace aurochs::redis
