#include "redis/endpoint.h"

#include <initializer_list>
#include <string_view>

#include "redis/tls_context.h"

namespace aurochs::redis {

std::string describe(const Endpoint& endpoint) {
  return endpoint.path.empty() ? describe(Address{endpoint.host, endpoint.port}) : endpoint.path;
}

std::string describe(const Address& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return (ipv6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

namespace {

/// Fields one behind the other, each with its length: no two lists of fields give one text.
void append(std::string& to, std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) {
    to += std::to_string(field.size());
    to += ':';
    to += field;
  }
}

void append(std::string& to, const std::vector<Address>& addresses) {
  append(to, {std::to_string(addresses.size())});
  for (const Address& address : addresses) append(to, {describe(address)});
}

void append(std::string& to, const NatMap& natMap) {
  append(to, {std::to_string(natMap.size())});
  for (const auto& [from, address] : natMap) append(to, {from, describe(address)});
}

void append(std::string& to, const std::shared_ptr<const TlsContext>& tls) {
  append(to, {tls ? tls->identity() : std::string()});
}

}  // namespace

std::string identityOf(const Endpoint& endpoint) {
  std::string identity;
  append(identity, {endpoint.host, std::to_string(endpoint.port), endpoint.path, std::to_string(endpoint.family),
                    endpoint.username, endpoint.password, std::to_string(endpoint.db), endpoint.connectionName,
                    std::to_string(endpoint.connectTimeoutMs), std::to_string(endpoint.commandTimeoutMs),
                    std::to_string(endpoint.busyTimeoutMs), std::to_string(endpoint.keepAliveMs),
                    endpoint.noDelay ? "noDelay" : ""});
  append(identity, endpoint.tls);
  if (endpoint.retryDelays) {
    identity += endpoint.retryDelays->endless ? "retry" : "end";
    for (const uint32_t ms : endpoint.retryDelays->ms) append(identity, {std::to_string(ms)});
  }
  if (endpoint.sentinels) {
    identity += "sentinels";
    append(identity, {endpoint.sentinels->name, endpoint.sentinels->username, endpoint.sentinels->password});
    append(identity, endpoint.sentinels->addresses);
    append(identity, endpoint.sentinels->tls);
    append(identity, endpoint.sentinels->natMap);
  }
  if (endpoint.cluster) {
    identity += "cluster" + std::to_string(endpoint.cluster->slot) + ';';
    append(identity, endpoint.cluster->nodes);
    append(identity, endpoint.cluster->natMap);
  }
  return identity;
}

}  // namespace aurochs::redis
