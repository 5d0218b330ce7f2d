// Turns a host's name into addresses without blocking the loop.
// I/O thread only; owned by a connection. Each look-up has a thread of its own until it ends.
#pragma once

#include <uv.h>

#include <vector>

#include "base/result.h"
#include "base/unique_function.h"
#include "redis/endpoint.h"

namespace aurochs::redis {

using Addresses = std::vector<sockaddr_storage>;

/// Not uv_getaddrinfo(): libuv's threads are the application's too, and four slow look-ups or file reads of its own
/// would keep a worker from reconnecting; and a look-up there can't be left behind, so that closing would wait for it.
class Resolver {
 public:
  using Handler = UniqueFunction<void(Result<Addresses>)>;

  Resolver() = default;
  ~Resolver() { cancel(); }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Resolves the endpoint's host; literal addresses don't need the resolver and `handler` runs before this returns,
  /// as it does when the look-up can't even start. A look-up under way is cancelled.
  void start(uv_loop_t* loop, const Endpoint& endpoint, Handler handler);

  /// The handler is dropped. The system's look-up can't be interrupted: its thread ends with it, and nothing waits.
  void cancel();

 private:
  struct Lookup;
  struct Waiter;
  Waiter* waiter_ = nullptr;  // owned by the loop until its handle is closed
};

}  // namespace aurochs::redis
