#include "redis/locator.h"

#include "redis/cluster_locator.h"
#include "redis/sentinel_locator.h"

namespace aurochs::redis {

std::unique_ptr<Locator> makeLocator(uv_loop_t* loop, const Endpoint& endpoint) {
  if (endpoint.sentinels) return std::make_unique<SentinelLocator>(loop, endpoint);
  if (endpoint.cluster) return std::make_unique<ClusterLocator>(loop, endpoint);
  return nullptr;
}

}  // namespace aurochs::redis
