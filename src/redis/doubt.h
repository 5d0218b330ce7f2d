// Finds out whether a connection that is silent is dead, or its server busy: asks the server on another
// connection. I/O thread only; owned by the link that is in doubt.
#pragma once

#include <uv.h>

#include <memory>

#include "base/unique_function.h"
#include "loop/timer.h"
#include "redis/endpoint.h"
#include "redis/query.h"

namespace aurochs::redis {

/// A server is one thread: while a script of minutes keeps a reply back, it keeps back every other one, too. Once it
/// answers others, and not us, our connection leads nowhere. It is asked for a script, the shortest there is: that is
/// held up by whatever holds up ours, CLIENT PAUSE WRITE of a failover among it.
class Doubt {
 public:
  /// @param confirmed called from the loop; it may destroy the doubt.
  Doubt(uv_loop_t* loop, Task confirmed);

  /// Asks, again and again until there is an answer. Nothing happens while it does. @param server where the connection
  /// leads to.
  void begin(const Endpoint& server);
  /// The connection isn't silent any more, or gone.
  void end();
  /// The last question reached a server, or something before it, that took the connection.
  [[nodiscard]] bool reached() const { return active() && reached_; }
  [[nodiscard]] bool active() const { return query_ != nullptr || timer_.active(); }

 private:
  void ask();
  void onAnswer(bool answered);

  uv_loop_t* const loop_;
  Task confirmed_;
  Endpoint server_;
  bool reached_ = false;
  uint64_t askedMs_ = 0;  // the loop's clock
  std::unique_ptr<Query> query_;
  Timer timer_;
};

}  // namespace aurochs::redis
