// Turns a host's name into addresses without blocking the loop.
// I/O thread only; owned by a connection.
#pragma once

#include <uv.h>

#include <vector>

#include "base/result.h"
#include "base/unique_function.h"
#include "redis/endpoint.h"

namespace aurochs::redis {

using Addresses = std::vector<sockaddr_storage>;

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

  /// The handler is dropped. A look-up that has begun can't be interrupted: it ends by itself, and until then it keeps
  /// the loop running (not this object).
  void cancel();

 private:
  struct Request;
  Request* request_ = nullptr;  // owned by libuv until its callback
};

}  // namespace aurochs::redis
