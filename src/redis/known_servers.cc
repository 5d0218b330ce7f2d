#include "redis/known_servers.h"

#include <algorithm>
#include <utility>

namespace aurochs::redis {

namespace {
bool contains(const std::vector<Address>& list, const Address& address) {
  return std::find(list.begin(), list.end(), address) != list.end();
}
}  // namespace

std::vector<Address> KnownServers::inOrder(bool doubtful) const {
  std::vector<Address> order;
  for (const std::vector<Address>* list : {&configured_, &heard_}) {
    for (const Address& server : *list) {
      if (!contains(order, server)) order.push_back(server);
    }
  }
  const auto rank = [&](const Address& server) {
    if (contains(failed_, server)) return 3;
    if (server == lastAnswered_) return doubtful ? 2 : 0;
    return 1;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const Address& left, const Address& right) { return rank(left) < rank(right); });
  return order;
}

void KnownServers::answered(const Address& server) {
  std::erase(failed_, server);
  lastAnswered_ = server;
}

void KnownServers::failed(const Address& server) {
  if (!contains(failed_, server)) failed_.push_back(server);
}

void KnownServers::heard(std::vector<Address> others) {
  heard_ = std::move(others);
  if (heard_.size() > kMostHeard) heard_.resize(kMostHeard);
  // What is known of servers that are gone is forgotten with them.
  std::erase_if(failed_,
                [&](const Address& server) { return !contains(configured_, server) && !contains(heard_, server); });
}

Address reachable(const NatMap& natMap, const Address& address) {
  const auto found = natMap.find(address.host + ':' + std::to_string(address.port));
  return found == natMap.end() ? address : found->second;
}

}  // namespace aurochs::redis
