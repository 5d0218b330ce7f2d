#include "redis_cluster_fixture.h"

#include <cstdio>
#include <cstdlib>

#include "redis/key_slot.h"
#include "redis_sentinel_fixture.h"

namespace aurochs::test {

namespace {

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "RedisCluster: %s\n", what);
  std::abort();
}

bool holds(const RedisServer& node, const std::vector<std::string>& command, const std::string& text) {
  return node.run(command).find(text) != std::string::npos;
}

}  // namespace

RedisCluster::RedisCluster(bool replicas, std::vector<std::string> options) {
  options.insert(options.end(),
                 {"--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--repl-diskless-sync-delay", "0"});
  for (size_t i = 0; i < kMasters; ++i) {
    masters_.push_back(std::make_unique<RedisServer>(options));
    std::vector<std::string> slots = {"CLUSTER", "ADDSLOTS"};
    for (uint16_t slot = firstSlot(i); slot < firstSlot(i + 1); ++slot) slots.push_back(std::to_string(slot));
    masters_[i]->run(slots);
    masters_[i]->run({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    if (replicas) replicas_.push_back(std::make_unique<RedisServer>(options));
  }
  const auto meet = [&](const RedisServer& node) {
    node.run({"CLUSTER", "MEET", "127.0.0.1", std::to_string(masters_[0]->port())});
  };
  for (const auto& node : masters_) meet(*node);
  for (const auto& node : replicas_) meet(*node);
  for (size_t i = 0; i < replicas_.size(); ++i) {
    const std::string id = masters_[i]->run({"CLUSTER", "MYID"});
    if (!eventually([&] { return replicas_[i]->run({"CLUSTER", "REPLICATE", id}) == "OK"; })) die("no replica");
  }
  const std::string nodes = "cluster_known_nodes:" + std::to_string(masters_.size() + replicas_.size());
  const auto formed = [&](const RedisServer& node) {
    return holds(node, {"CLUSTER", "INFO"}, "cluster_state:ok") && holds(node, {"CLUSTER", "INFO"}, nodes);
  };
  for (const auto& node : masters_) {
    if (!eventually([&] { return formed(*node); })) die("it does not form");
  }
  for (const auto& node : replicas_) {
    if (!eventually([&] { return formed(*node); })) die("it does not form");
    if (!eventually([&] { return holds(*node, {"INFO", "replication"}, "master_link_status:up"); })) die("no replica");
  }
}

uint16_t RedisCluster::firstSlot(size_t i) {
  return static_cast<uint16_t>((i * redis::kSlots + kMasters - 1) / kMasters);
}

void RedisCluster::moveSlot(uint16_t slot, size_t from, size_t to) {
  const std::string number = std::to_string(slot);
  const std::string id = masters_[to]->run({"CLUSTER", "MYID"});
  masters_[to]->run({"CLUSTER", "SETSLOT", number, "IMPORTING", masters_[from]->run({"CLUSTER", "MYID"})});
  masters_[from]->run({"CLUSTER", "SETSLOT", number, "MIGRATING", id});
  // The new owner first, lest nobody own it for a moment.
  for (const size_t i : {to, from}) masters_[i]->run({"CLUSTER", "SETSLOT", number, "NODE", id});
}

}  // namespace aurochs::test
