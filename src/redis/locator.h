// Finds out which server an endpoint means at this moment: asks Sentinels for the master, or a cluster's nodes for the
// one that serves our slot. I/O thread only; owned by a connection.
#pragma once

#include <uv.h>

#include <memory>

#include "base/result.h"
#include "base/unique_function.h"
#include "redis/endpoint.h"

namespace aurochs::redis {

class Locator {
 public:
  /// The server's address, natMap applied; kConnection when nobody could tell.
  using Handler = UniqueFunction<void(Result<Address>)>;

  virtual ~Locator() = default;
  /// Asks anew. `handler` is called once, from the loop, unless cancel() comes before; it may destroy the locator.
  virtual void start(Handler handler) = 0;
  /// The handler is dropped. Idempotent.
  virtual void cancel() = 0;
  /// A server of a cluster has said who serves the slot (MOVED): the next start() believes it, once.
  virtual void redirect(Address address) = 0;
};

/// Null for an endpoint that is an address itself.
std::unique_ptr<Locator> makeLocator(uv_loop_t* loop, const Endpoint& endpoint);

}  // namespace aurochs::redis
