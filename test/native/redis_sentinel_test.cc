// Finding the master by Sentinels, real ones.
#include <string>
#include <utility>

#include "redis_locator_fixture.h"
#include "redis_sentinel_fixture.h"

namespace aurochs::test {
namespace {

using redis::Address;
using redis::Sentinels;

constexpr const char* kName = "bull";

class RedisSentinels : public RedisLocatorTest {
 protected:
  static Sentinels at(std::vector<Address> addresses) {
    Sentinels sentinels;
    sentinels.addresses = std::move(addresses);
    sentinels.name = kName;
    return sentinels;
  }
  void ask(Sentinels sentinels) {
    endpoint_.sentinels = std::make_shared<const Sentinels>(std::move(sentinels));
    locator_.reset();
  }
  void ask(std::vector<Address> addresses) { ask(at(std::move(addresses))); }

  const Address dead_{"127.0.0.1", freePort()};
};

TEST_F(RedisSentinels, NameTheMasterAndAfterAFailoverTheNewOne) {
  RedisPair servers;
  RedisSentinel sentinel(kName, servers.first.port());
  ask({sentinel.address()});
  EXPECT_EQ(located(), describe(servers.first.tcp()));

  // Only once it has heard of the replica.
  ASSERT_TRUE(eventually([&] { return sentinel.run({"SENTINEL", "FAILOVER", kName}) == "OK"; }));
  const Address replica{"127.0.0.1", servers.second.port()};
  ASSERT_TRUE(eventually([&] {
    const Result<Address> found = locate();
    return found && found.value() == replica;
  }));
}

TEST_F(RedisSentinels, AreAskedOneAfterTheOtherUntilOneTells) {
  RedisSentinel stranger("another", dead_.port);
  RedisSentinel sentinel(kName, 7000);
  ask({dead_, stranger.address(), sentinel.address()});
  EXPECT_EQ(located(), "127.0.0.1:7000");
}

TEST_F(RedisSentinels, ThatKnowNoSuchName) {
  RedisSentinel sentinel(kName, 7000);
  Sentinels sentinels = at({sentinel.address()});
  sentinels.name = "bul";
  ask(sentinels);
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::kConnection);
  EXPECT_EQ(error.code, "ENOENT");
  EXPECT_NE(error.message.find("no Sentinel knows a master named 'bul'; check connection.name"), std::string::npos)
      << error.message;
  EXPECT_NE(error.message.find(describe(sentinel.address())), std::string::npos) << error.message;
}

TEST_F(RedisSentinels, ThatAreAllOfNoUse) {
  RedisServer server;
  ask({{"127.0.0.1", server.port()}, dead_});
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::kConnection);
  EXPECT_EQ(error.code, "ECONNREFUSED");
  for (const std::string part : {"the master 'bull'", "unknown command", "connection refused"}) {
    EXPECT_NE(error.message.find(part), std::string::npos) << part << " is not in " << error.message;
  }
  EXPECT_NE(error.message.find(describe(server.tcp())), std::string::npos) << error.message;
  EXPECT_NE(error.message.find(describe(dead_)), std::string::npos) << error.message;
}

TEST_F(RedisSentinels, WithAPasswordOfTheirOwn) {
  RedisSentinel sentinel(kName, 7000, {"requirepass theirs"});
  endpoint_.password = "the master's";
  Sentinels sentinels = at({sentinel.address()});
  sentinels.password = "theirs";
  ask(sentinels);
  EXPECT_EQ(located(), "127.0.0.1:7000");

  sentinels.password = "wrong";
  ask(sentinels);
  const Error error = failure();
  EXPECT_EQ(error.code, "WRONGPASS");
  EXPECT_EQ(error.message.find("wrong\""), std::string::npos) << "the password must not be told";
  ask({sentinel.address()});
  EXPECT_EQ(failure().code, "NOAUTH");
}

TEST_F(RedisSentinels, AsAUserOfTheirOwn) {
  RedisSentinel sentinel(kName, 7000, {"user bull on >theirs allchannels +sentinel -ping", "user default off"});
  Sentinels sentinels = at({sentinel.address()});
  sentinels.username = "bull";
  sentinels.password = "theirs";
  ask(sentinels);
  EXPECT_EQ(located(), "127.0.0.1:7000");
}

TEST_F(RedisSentinels, SpeakOfAddressesThatAreElsewhereFromHere) {
  RedisSentinel sentinel(kName, 7000);
  Sentinels sentinels = at({sentinel.address()});
  sentinels.natMap = {{"127.0.0.1:7000", {"redis.example", 17000}}};
  ask(sentinels);
  EXPECT_EQ(located(), "redis.example:17000");
}

TEST_F(RedisSentinels, TellOfFurtherOnes) {
  RedisServer master;  // where Sentinels meet
  RedisSentinel first(kName, master.port());
  RedisSentinel second(kName, master.port());
  RedisSentinel mapped(kName, 7000);
  const std::string port = std::to_string(second.address().port);
  ASSERT_TRUE(eventually([&] { return first.run({"SENTINEL", "sentinels", kName}).find(port) != std::string::npos; }));
  Sentinels sentinels = at({first.address()});
  sentinels.natMap = {{describe(second.address()), mapped.address()}};
  ask(sentinels);
  EXPECT_EQ(located(), describe(master.tcp()));
  uv_run(&loop_, UV_RUN_DEFAULT);  // what is learned is learned in the background
  first.kill();
  EXPECT_EQ(located(), "127.0.0.1:7000");
}

TEST_F(RedisSentinels, EndABlockingCommandWhenTheMasterBecomesAReplica) {
  RedisServer master;
  RedisServer other;
  connectAndWait(master.tcp());
  Answer answer;
  send({"BZPOPMIN", "nothing", "0"}, answer.handler());
  ASSERT_TRUE(runUntil([&] {
    uv_run(&loop_, UV_RUN_NOWAIT);
    return master.run({"INFO", "clients"}).find("blocked_clients:1") != std::string::npos;
  }));
  master.run({"REPLICAOF", "127.0.0.1", std::to_string(other.port())});
  ASSERT_TRUE(runUntil([&] { return answer.calls == 1; }));
  EXPECT_EQ(answer.error.kind, ErrorKind::kConnection);
  EXPECT_EQ(answer.error.code, "UNBLOCKED");
}

}  // namespace
}  // namespace aurochs::test
