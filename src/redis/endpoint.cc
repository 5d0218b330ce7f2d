#include "redis/endpoint.h"

namespace aurochs::redis {

std::string describe(const Endpoint& endpoint) {
  return endpoint.path.empty() ? describe(Address{endpoint.host, endpoint.port}) : endpoint.path;
}

std::string describe(const Address& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return (ipv6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

}  // namespace aurochs::redis
