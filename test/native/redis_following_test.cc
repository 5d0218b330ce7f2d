// A connection that follows its server: to the new master after a failover, to the node that has got our slot.
#include <string>
#include <utility>

#include "redis_cluster_fixture.h"
#include "redis_fixture.h"
#include "redis_sentinel_fixture.h"

namespace aurochs::test {
namespace {

using redis::Address;
using redis::Cluster;
using redis::Endpoint;
using redis::Sentinels;

constexpr const char* kName = "bull";

class RedisFollowing : public RedisConnectionTest {
 protected:
  static Endpoint byCluster(const RedisCluster& cluster, uint16_t slot) {
    Cluster nodes;
    nodes.nodes = {cluster.address(0), cluster.address(1)};
    nodes.slot = slot;
    Endpoint endpoint;
    endpoint.cluster = std::make_shared<const Cluster>(std::move(nodes));
    return endpoint;
  }
  [[nodiscard]] std::string server() const { return connection_->health()->read().server; }
};

TEST_F(RedisFollowing, GoesToTheNewMasterAfterAFailover) {
  RedisPair servers;
  RedisSentinel sentinel(kName, servers.first.port());
  Sentinels sentinels;
  sentinels.addresses = {sentinel.address()};
  sentinels.name = kName;
  Endpoint endpoint;
  endpoint.sentinels = std::make_shared<const Sentinels>(std::move(sentinels));
  connectAndWait(endpoint);
  EXPECT_EQ(server(), describe(servers.first.tcp()));
  EXPECT_EQ(ask({"SET", "where", "first"}).text, "OK");

  ASSERT_TRUE(eventually([&] { return sentinel.run({"SENTINEL", "FAILOVER", kName}) == "OK"; }));
  const std::string second = describe(servers.second.tcp());
  const auto writes = [&] {
    Answer answer;
    send({"SET", "where", "second"}, answer.handler());
    EXPECT_TRUE(runUntil([&] { return answer.calls > 0; }));
    return answer.ok;
  };
  // Every write is either refused or reaches the master of that moment.
  ASSERT_TRUE(runUntil([&] { return server() == second && connection_->ready() && writes(); }));
  EXPECT_EQ(servers.second.run({"GET", "where"}), "second");
}

TEST_F(RedisFollowing, GoesWhereItsSlotGoes) {
  RedisCluster cluster;
  connectAndWait(byCluster(cluster, 0));
  EXPECT_EQ(server(), describe(cluster.address(0)));
  cluster.moveSlot(0, 0, 2);
  const Answer moved = ask({"SET", "fHh", "1"});  // its slot is 0
  EXPECT_EQ(moved.error.kind, ErrorKind::kConnection) << "not an error of the command's: it is to be sent again";
  EXPECT_EQ(moved.error.code, "MOVED");
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
  EXPECT_EQ(server(), describe(cluster.address(2)));
  EXPECT_EQ(ask({"SET", "fHh", "2"}).text, "OK");
  EXPECT_EQ(listener_.errors.size(), 1U);
}

TEST_F(RedisFollowing, GoesToTheReplicaThatTakesOver) {
  RedisCluster cluster(true);
  connectAndWait(byCluster(cluster, 0));
  cluster.master(0).kill();
  ASSERT_TRUE(runUntil([&] { return connection_->ready() && listener_.ready == 2; }));
  EXPECT_EQ(server(), describe(cluster.replica(0).tcp()));
  EXPECT_EQ(ask({"SET", "fHh", "1"}).text, "OK");
}

TEST_F(RedisFollowing, WaitsWhileASlotIsOnItsWay) {
  RedisCluster cluster;
  connectAndWait(byCluster(cluster, 0));
  const std::string to = cluster.master(1).run({"CLUSTER", "MYID"});
  cluster.master(1).run({"CLUSTER", "SETSLOT", "0", "IMPORTING", cluster.master(0).run({"CLUSTER", "MYID"})});
  cluster.master(0).run({"CLUSTER", "SETSLOT", "0", "MIGRATING", to});
  const Answer asked = ask({"GET", "fHh"});
  EXPECT_EQ(asked.error.kind, ErrorKind::kConnection);
  EXPECT_EQ(asked.error.code, "ASK");
  for (const size_t i : {1U, 0U}) cluster.master(i).run({"CLUSTER", "SETSLOT", "0", "NODE", to});
  ASSERT_TRUE(runUntil([&] { return connection_->ready() && ask({"SET", "fHh", "1"}).ok; }));
  EXPECT_EQ(server(), describe(cluster.address(1)));
}

}  // namespace
}  // namespace aurochs::test
