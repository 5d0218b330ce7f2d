#include "redis/endpoint.h"

namespace aurochs::redis {

std::string describe(const Endpoint& endpoint) {
  if (!endpoint.path.empty()) return endpoint.path;
  const bool ipv6 = endpoint.host.find(':') != std::string::npos;
  return (ipv6 ? '[' + endpoint.host + ']' : endpoint.host) + ':' + std::to_string(endpoint.port);
}

}  // namespace aurochs::redis
