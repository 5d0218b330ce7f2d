// A Redis Cluster of three masters, each with a replica when wanted: own processes, 127.0.0.1 only.
// Test thread only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "redis/endpoint.h"
#include "redis_server.h"

namespace aurochs::test {

class RedisCluster {
 public:
  static constexpr size_t kMasters = 3;

  /// Returns once every node says that the cluster is up. @param replicas one for each master.
  explicit RedisCluster(bool replicas = false, std::vector<std::string> options = {});

  /// Of the slots from firstSlot(i) to firstSlot(i + 1), until something moves them.
  [[nodiscard]] RedisServer& master(size_t i) { return *masters_[i]; }
  [[nodiscard]] RedisServer& replica(size_t i) { return *replicas_[i]; }
  [[nodiscard]] static uint16_t firstSlot(size_t i);
  [[nodiscard]] redis::Address address(size_t master) const { return {"127.0.0.1", masters_[master]->port()}; }

  /// Hands over a slot that holds no key; both know it when this returns.
  void moveSlot(uint16_t slot, size_t from, size_t to);

 private:
  std::vector<std::unique_ptr<RedisServer>> masters_;
  std::vector<std::unique_ptr<RedisServer>> replicas_;
};

}  // namespace aurochs::test
