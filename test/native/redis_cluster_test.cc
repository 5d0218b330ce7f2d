// Finding the node that serves a slot: real clusters.
#include <string>
#include <utility>

#include "redis/error_reply.h"
#include "redis_cluster_fixture.h"
#include "redis_locator_fixture.h"
#include "redis_sentinel_fixture.h"

namespace aurochs::test {
namespace {

using redis::Address;
using redis::Cluster;

class RedisClusters : public RedisLocatorTest {
 protected:
  void ask(std::vector<Address> nodes, uint16_t slot, redis::NatMap natMap = {}) {
    Cluster cluster;
    cluster.nodes = std::move(nodes);
    cluster.slot = slot;
    cluster.natMap = std::move(natMap);
    endpoint_.cluster = std::make_shared<const Cluster>(std::move(cluster));
    locator_.reset();
  }
  static Address addressOf(const RedisServer& server) { return {"127.0.0.1", server.port()}; }

  const Address dead_{"127.0.0.1", freePort()};
};

TEST_F(RedisClusters, TellWhoServesASlot) {
  RedisCluster cluster(true);
  for (size_t i = 0; i < RedisCluster::kMasters; ++i) {
    const std::string owner = describe(cluster.address(i));
    const uint16_t last = static_cast<uint16_t>(RedisCluster::firstSlot(i + 1) - 1);
    for (const uint16_t slot : {RedisCluster::firstSlot(i), last}) {
      ask({cluster.address(0)}, slot);
      EXPECT_EQ(located(), owner) << slot;
    }
    // Replicas know it too, and a dead one does no harm.
    ask({dead_, addressOf(cluster.replica(0))}, last);
    EXPECT_EQ(located(), owner);
  }
  ask({cluster.address(0)}, 0, {{describe(cluster.address(0)), {"redis.example", 17000}}});
  EXPECT_EQ(located(), "redis.example:17000");
}

TEST_F(RedisClusters, TellOfFurtherNodesAndOfSlotsThatMove) {
  RedisCluster cluster;
  ask({cluster.address(0)}, 0);
  EXPECT_EQ(located(), describe(cluster.address(0)));
  cluster.moveSlot(0, 0, 1);
  EXPECT_EQ(located(), describe(cluster.address(1)));

  // The old owner says where to go, when it is asked for a key there (this one's slot is 0).
  connectAndWait(cluster.master(0).tcp());
  const Answer answer = RedisConnectionTest::ask({"GET", "fHh"});
  EXPECT_EQ(answer.error.kind, ErrorKind::kScript);
  EXPECT_EQ(answer.error.code, "MOVED");
  EXPECT_EQ(redis::movedTo(answer.error.message), cluster.address(1)) << answer.error.message;
  EXPECT_EQ(redis::unusableServer(answer.error.message, true), "MOVED");

  // The others are asked when the only node of the options is gone.
  cluster.master(0).kill();
  EXPECT_EQ(located(), describe(cluster.address(1)));
}

TEST_F(RedisClusters, AreNotAskedAfterARedirectionOnce) {
  ask({dead_}, 0);
  make().redirect({"10.0.0.1", 7000});
  EXPECT_EQ(located(), "10.0.0.1:7000");
  EXPECT_EQ(failure().code, "ECONNREFUSED");
  locator_->redirect({"", 7001});
  EXPECT_EQ(located(), "10.0.0.1:7001");
}

TEST_F(RedisClusters, RedirectThroughTheNatMap) {
  ask({dead_}, 0, {{"172.16.0.1:7000", {"10.0.0.1", 17000}}});
  make().redirect({"172.16.0.1", 7000});
  EXPECT_EQ(located(), "10.0.0.1:17000");
}

TEST_F(RedisClusters, ARedirectionIsCancelled) {
  ask({dead_}, 0);
  make().redirect({"10.0.0.1", 7000});
  locator_->start([](const Result<Address>&) { ADD_FAILURE() << "called after cancel()"; });
  locator_->cancel();
  EXPECT_EQ(failure().code, "ECONNREFUSED");
}

// A node that has met no other does not know its own address.
TEST_F(RedisClusters, OfOneNodeThatDoesNotSayWhereItIs) {
  RedisServer node({"--cluster-enabled", "yes"});
  ASSERT_EQ(node.run({"CLUSTER", "ADDSLOTS", "7"}), "OK");
  ask({addressOf(node)}, 7);
  EXPECT_EQ(located(), describe(node.tcp()));

  // By a name that it does not have, or not at all.
  for (const char* type : {"hostname", "unknown-endpoint"}) {
    if (node.run({"CONFIG", "SET", "cluster-preferred-endpoint-type", type}) != "OK") continue;  // before Redis 7
    EXPECT_EQ(located(), describe(node.tcp())) << type;
  }
}

TEST_F(RedisClusters, WithoutAnOwnerOfTheSlot) {
  RedisServer node({"--cluster-enabled", "yes"});
  ASSERT_EQ(node.run({"CLUSTER", "ADDSLOTS", "7"}), "OK");
  for (const uint16_t slot : {6, 8}) {
    ask({addressOf(node)}, slot);
    const Error error = failure();
    EXPECT_EQ(error.kind, ErrorKind::kConnection);
    EXPECT_EQ(error.code, "CLUSTERDOWN");
    EXPECT_NE(error.message.find("slot " + std::to_string(slot)), std::string::npos) << error.message;
  }
}

TEST_F(RedisClusters, WithAPassword) {
  RedisServer node({"--cluster-enabled", "yes", "--requirepass", "secret"});
  ask({addressOf(node)}, 0);
  EXPECT_EQ(failure().code, "NOAUTH");
  endpoint_.password = "secret";
  ask({addressOf(node)}, 0);
  EXPECT_EQ(failure().code, "CLUSTERDOWN");  // let in: it has no slot
}

TEST_F(RedisClusters, ThatAreNone) {
  RedisServer server;
  ask({addressOf(server)}, 0);
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::kConnection);
  EXPECT_EQ(error.code, "ERR");
  EXPECT_NE(error.message.find("not in cluster mode"), std::string::npos) << error.message;
  EXPECT_NE(error.message.find(describe(server.tcp())), std::string::npos) << error.message;
}

}  // namespace
}  // namespace aurochs::test
