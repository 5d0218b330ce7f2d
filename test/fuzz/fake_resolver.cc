// redis::Resolver without a system to ask, in the place of src/redis/resolver.cc: a server may send any name.
#include <uv.h>

#include <cstring>
#include <memory>
#include <utility>

#include "loop/timer.h"
#include "redis/resolver.h"

namespace aurochs::redis {

namespace {

sockaddr_storage addressOf(const char* literal, uint16_t port, bool& is) {
  sockaddr_storage address;
  std::memset(&address, 0, sizeof address);
  is = uv_ip4_addr(literal, port, reinterpret_cast<sockaddr_in*>(&address)) == 0 ||
       uv_ip6_addr(literal, port, reinterpret_cast<sockaddr_in6*>(&address)) == 0;
  return address;
}

// A name is one of two hosts, or, with an `x` in it, none.
Result<Addresses> lookUp(const Endpoint& endpoint) {
  if (endpoint.host.empty() || endpoint.host.find('x') != std::string::npos) {
    return Error{ErrorKind::kConnection, "ENOTFOUND", "getaddrinfo ENOTFOUND " + endpoint.host};
  }
  bool is = false;
  return Addresses{addressOf("::1", endpoint.port, is), addressOf("127.0.0.1", endpoint.port, is)};
}

}  // namespace

struct Resolver::Waiter {
  Timer timer;
};

void Resolver::start(uv_loop_t* loop, const Endpoint& endpoint, Handler handler) {
  cancel();
  bool literal = false;
  const sockaddr_storage address = addressOf(endpoint.host.c_str(), endpoint.port, literal);
  if (literal) return handler(Addresses{address});
  waiter_ = new Waiter{Timer(loop)};
  waiter_->timer.start(0, [this, found = lookUp(endpoint), handler = std::move(handler)]() mutable {
    Handler told = std::move(handler);
    Result<Addresses> addresses = std::move(found);
    cancel();
    told(std::move(addresses));  // may destroy the resolver
  });
}

void Resolver::cancel() { delete std::exchange(waiter_, nullptr); }

}  // namespace aurochs::redis
