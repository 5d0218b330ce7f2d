// What is behind a Connection, or behind several that share it: the way to one server, its state machine over a
// locator, a resolver, a stream, a handshake and a reply reader. See health.h for the states.
// I/O thread only; held by its Connections, and by itself from the last one's close() until its handles are closed.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/thread_check.h"
#include "loop/timer.h"
#include "redis/backoff.h"
#include "redis/connection.h"
#include "redis/doubt.h"
#include "redis/handshake.h"
#include "redis/locator.h"
#include "redis/reply_reader.h"
#include "redis/resolver.h"
#include "redis/stream.h"

namespace aurochs::redis {

/// A Connection's part of a link. Owned by the Connection, and by the link while it is attached.
struct LinkUser {
  ConnectionListener* listener;
  bool attached = true;
  bool connected = false;  // connect() was called
  bool ready = false;      // has heard that the link is ready, since it is
};

class Link final : public std::enable_shared_from_this<Link>, public Stream::Listener {
 public:
  using State = ConnectionState;
  using User = LinkUser;

  Link(uv_loop_t* loop, Endpoint endpoint);

  // What a Connection calls: see there.
  std::shared_ptr<User> attach(ConnectionListener* listener);
  void connect(User& user);
  void detach(User& user, Task done);
  void reset(Error why);
  void send(const User* user, std::span<const std::string_view> args, ReplyHandler handler, ReplyAfter expect);
  void flush();
  [[nodiscard]] State stateFor(const User& user) const;
  /// @returns whether this is the first call with this script since the server was connected to.
  [[nodiscard]] bool claimScript(const std::string& sha1) { return scripts_.insert(sha1).second; }
  [[nodiscard]] const Endpoint& endpoint() const { return target_; }
  [[nodiscard]] std::shared_ptr<const HealthBoard> health() const { return health_; }
  [[nodiscard]] bool closed() const { return state_ == State::kClosed; }

 private:
  struct Pending {
    ReplyHandler handler;  // none: its user has gone
    const User* user;      // null: the link itself
    uint64_t expectedMs;   // of the loop's clock: the reply comes soon after this at the latest
  };
  enum class Retry { kAtOnce, kFirstAtOnce, kBackoff };

  // link.cc: one attempt after the other.
  void setState(State state);
  void schedule(uint64_t delayMs);
  void locate();
  void resolve();
  void tryNextAddress(int lastStatus);
  void beginHandshake();
  void becomeReady();
  void lose(Error error, const Error& forHandlers, Retry retry = Retry::kBackoff);
  void lose(const Error& error) { lose(error, error); }
  std::optional<uint64_t> delayBefore(Retry retry);
  void limitStep(const char* step);

  // link_users.cc: whom it serves, and its end.
  void tellReady();
  void close();
  void finishClose();
  void later(Task done);

  // link_stream.cc: what goes over the stream.
  void onConnect(int status) override;
  void onRefused(const Error& why) override;
  void onRead(std::string_view bytes) override;
  void onWritten() override;
  void onEnd(int status) override;
  void onReply(ReplyView reply);
  void onCommandReply(ReplyView reply);
  void onUnusable(const std::string& code, const std::string& text);
  void onProtocolError(const std::string& what);
  void scheduleFlush();

  // link_watch.cc: is the server still there?
  void beginWatch();
  void watchReply(uint64_t expectedMs);
  void watch(uint64_t dueMs);
  void look();
  void sendPing();
  void noteProgress();
  void onSilence();

  uv_loop_t* const loop_;
  const Endpoint endpoint_;
  const ThreadCheck thread_;
  const std::shared_ptr<HealthBoard> health_ = std::make_shared<HealthBoard>();

  std::vector<std::shared_ptr<User>> users_;
  std::set<std::string> scripts_;  // sent to be loaded, by their SHA-1

  State state_ = State::kIdle;
  Backoff backoff_;
  uint64_t readySinceMs_ = 0;     // the loop's clock
  std::optional<Timer> timer_;    // the pause before an attempt, or the limit of its present step; none once closed
  std::optional<Timer> welcome_;  // for a user that finds the link ready
  uv_prepare_t beforePoll_;       // active while there is something to flush

  // Of one attempt.
  std::unique_ptr<Locator> locator_;  // null: the endpoint is an address
  Endpoint target_;                   // the endpoint, with the address that was located
  Resolver resolver_;
  Addresses addresses_;
  size_t nextAddress_ = 0;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<ReplyReader> reader_;  // stays behind the stream: a reply being handled points into it
  Handshake handshake_;

  std::string output_;
  std::deque<Pending> pending_;
  std::deque<Pending> failing_;  // were pending when the connection was lost, and are being told

  std::optional<Timer> watch_;
  uint64_t watchDueMs_ = 0;
  uint64_t lastReplyMs_ = 0;
  uint64_t lastProgressMs_ = 0;  // the last reply, or when a look found that a write goes on
  size_t lastUnwritten_ = 0;     // at the last look; 0: all was written
  std::optional<Doubt> doubt_;

  // From close() on.
  std::shared_ptr<Link> self_;
  std::vector<Task> whenClosed_;
  bool handlesClosed_ = false;
};

}  // namespace aurochs::redis
