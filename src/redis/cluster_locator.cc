#include "redis/cluster_locator.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace aurochs::redis {

namespace {

constexpr const char* kNoOwner = "CLUSTERDOWN";  // Redis's own code for it

Endpoint loginOf(const Endpoint& endpoint) {
  Endpoint login;
  login.family = endpoint.family;
  login.username = endpoint.username;
  login.password = endpoint.password;
  login.tls = endpoint.tls;
  login.connectTimeoutMs = endpoint.connectTimeoutMs;
  login.commandTimeoutMs = endpoint.commandTimeoutMs;
  return login;
}

// What Redis writes for a node that prefers to be called by a name, and has none.
constexpr std::string_view kNoName = "?";

// What else is known of a node, from Redis 7 on: names and values.
std::string_view ipOf(ReplyView node) {
  const ReplyView metadata = node.size() > 3 ? node[3] : node;
  for (size_t i = 0; i + 1 < metadata.size(); i += 2) {
    if (metadata[i].text() == "ip") return metadata[i + 1].text();
  }
  return {};
}

}  // namespace

ClusterLocator::ClusterLocator(uv_loop_t* loop, const Endpoint& endpoint)
    : AskingLocator(loop, loginOf(endpoint), {"CLUSTER", "SLOTS"}, endpoint.cluster->nodes),
      cluster_(endpoint.cluster) {}

void ClusterLocator::redirect(Address address) {
  if (address.host.empty()) address.host = located().host;
  if (!address.host.empty()) believe(reachable(cluster_->natMap, address));
}

// Ranges of slots: the first, the last, and the nodes that serve them, the master before its replicas.
Result<Address> ClusterLocator::understand(ReplyView reply, const Address& from) {
  std::optional<Address> owner;
  std::vector<Address> nodes;
  ReplyView range = reply.first();
  for (size_t i = 0; i < reply.size(); ++i, range = range.next()) {
    if (range.size() < 3) continue;
    const bool ours = range[0].integer() <= cluster_->slot && cluster_->slot <= range[1].integer();
    ReplyView node = range[2];
    for (size_t n = 2; n < range.size(); ++n, node = node.next()) {
      const std::optional<Address> address = addressOf(node, from);
      if (!address) continue;
      if (ours && n == 2) owner = address;
      if (std::find(nodes.begin(), nodes.end(), *address) == nodes.end()) nodes.push_back(*address);
    }
  }
  if (owner) {
    servers_.heard(std::move(nodes));
    return *owner;
  }
  return Error{ErrorKind::kConnection, kNoOwner,
               "the one at " + describe(from) + " knows no node that serves slot " + std::to_string(cluster_->slot)};
}

std::optional<Address> ClusterLocator::addressOf(ReplyView node, const Address& from) const {
  if (node.size() < 2 || !isPort(node[1].integer())) return std::nullopt;
  std::string_view host = node[0].text();
  if (host == kNoName) host = ipOf(node);
  // A node that does not tell where it is, or does not know it: all are behind the address that we came by.
  if (host.empty()) host = from.host;
  return reachable(cluster_->natMap, {std::string(host), static_cast<uint16_t>(node[1].integer())});
}

std::string ClusterLocator::summary(const std::vector<Error>& failures) const {
  const std::string slot = std::to_string(cluster_->slot);
  const auto all = [&](const auto& is) { return std::all_of(failures.begin(), failures.end(), is); };
  if (all([](const Error& failure) { return failure.code == kNoOwner; })) {
    return "no node of the Redis cluster serves slot " + slot + ", the queue's";
  }
  if (all([](const Error& failure) { return failure.message.find("cluster support disabled") != std::string::npos; })) {
    return "Redis is not in cluster mode: connect to it without a cluster";
  }
  return "no node of the Redis cluster could tell who serves slot " + slot + ", the queue's";
}

}  // namespace aurochs::redis
