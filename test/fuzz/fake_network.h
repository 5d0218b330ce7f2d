// A network that a fuzz target plays: it says what the far ends of the engine's sockets do. Its Socket and Resolver are
// linked in the place of src/redis/socket.cc and resolver.cc; all that is above them is the engine's own.
// One at a time; one thread.
#pragma once

#include <uv.h>

#include <memory>
#include <string>
#include <vector>

#include "fake_clock.h"
#include "redis/stream.h"
#include "script.h"

namespace aurochs::fuzz {

/// One socket, as its far end sees it.
struct Peer {
  enum class State { kIdle, kConnecting, kConnected, kReading, kEnded };

  explicit Peer(redis::Stream::Listener* near) : listener(near) {}

  redis::Stream::Listener* listener;  // null once the socket is gone
  State state = State::kIdle;
  std::string received;   // what the socket wrote
  std::string unwritten;  // what it is still writing
};

class Network {
 public:
  Network();
  /// Requires that the loop is empty.
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  static Network& current();

  [[nodiscard]] uv_loop_t* loop() { return &loop_; }

  /// Events:  `f` the next to connect can't   `e` the server hangs up      `r` it resets the connection
  ///          `w` it takes no more bytes      `u` it takes them again      `b` what it was to take fails
  ///          `t` time passes                 `0` … `3` which socket is meant from now on, from the newest
  void play(const Script::Step& step);
  /// Runs the loop until it would wait.
  void settle();
  /// Up to the next timer. @returns whether there is one.
  bool passTime();

  /// Lets the present sockets hear it as they begin to read: greeted, the handshake of a plain one is over.
  std::string greeting;

  // Of the sockets.
  std::shared_ptr<Peer> open(redis::Stream::Listener* listener);
  [[nodiscard]] int beginConnect(Peer& peer);
  void write(Peer& peer, std::string& bytes);
  void drop(const std::shared_ptr<Peer>& peer);

  /// The socket that is meant, once it reads: connects it when it is the first thing to do.
  [[nodiscard]] std::shared_ptr<Peer> reader();

 private:
  [[nodiscard]] std::shared_ptr<Peer> find(Peer::State state) const;
  void connect(const std::shared_ptr<Peer>& peer);
  void refuse();
  void say(std::string_view bytes);
  void end(int status);
  void take(int status);

  FakeClock clock_;
  uv_loop_t loop_;
  std::vector<std::shared_ptr<Peer>> peers_;  // of the sockets that there are
  size_t meant_ = 0;
  bool stuck_ = false;
};

}  // namespace aurochs::fuzz
