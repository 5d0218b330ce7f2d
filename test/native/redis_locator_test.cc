// How servers are asked where another one is: which first, for how long, and what ends it. Servers are made up here.
#include <string>
#include <utility>

#include "redis/known_servers.h"
#include "redis_locator_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

using redis::Address;
using redis::Sentinels;

// A Sentinel that says this, and knows no other.
FakeServer::Respond naming(const std::string& host, const std::string& port) {
  return [=](std::string_view received) -> std::string {
    if (received.find("get-master-addr-by-name") != std::string_view::npos) return "*2\r\n" + bulk(host) + bulk(port);
    if (received.find("sentinels") != std::string_view::npos) return "*0\r\n";
    return received.empty() ? "" : "+PONG\r\n";
  };
}

std::string silence(std::string_view) { return ""; }

class RedisLocator : public RedisLocatorTest {
 protected:
  redis::Locator& ask(std::vector<Address> sentinels) {
    Sentinels options;
    options.addresses = std::move(sentinels);
    options.name = "bull";
    endpoint_.sentinels = std::make_shared<const Sentinels>(std::move(options));
    return make();
  }
  static Address addressOf(const FakeServer& server) { return {"127.0.0.1", server.endpoint().port}; }
};

TEST_F(RedisLocator, IsOnlyForEndpointsThatNeedOne) { EXPECT_EQ(redis::makeLocator(&loop_, endpoint_), nullptr); }

TEST_F(RedisLocator, GoesOnToTheNextWhenOneIsSilent) {
  FakeServer silent(&loop_, silence);
  FakeServer telling(&loop_, naming("10.0.0.1", "7000"));
  endpoint_.connectTimeoutMs = 50;
  ask({addressOf(silent), addressOf(telling)});
  EXPECT_EQ(located(), "10.0.0.1:7000");
  EXPECT_EQ(silent.clients(), 1);
}

TEST_F(RedisLocator, LimitsTheWholeOfAQuestion) {
  // Lets in, and then says nothing.
  FakeServer silent(&loop_, [](std::string_view received) {
    return received.find("PING") != std::string_view::npos ? "+PONG\r\n" : "";
  });
  endpoint_.connectTimeoutMs = 50;
  endpoint_.commandTimeoutMs = 0;
  ask({addressOf(silent)});
  const Error error = failure();
  EXPECT_EQ(error.code, "ETIMEDOUT");
  EXPECT_NE(error.message.find(describe(addressOf(silent))), std::string::npos) << error.message;
}

TEST_F(RedisLocator, AsksLastWhoFailedBefore) {
  FakeServer failing(
      &loop_, [](std::string_view received) -> std::string { return received.empty() ? "" : "-ERR not today\r\n"; });
  FakeServer telling(&loop_, naming("10.0.0.1", "7000"));
  ask({addressOf(failing), addressOf(telling)});
  EXPECT_EQ(located(), "10.0.0.1:7000");
  EXPECT_EQ(located(), "10.0.0.1:7000");
  EXPECT_EQ(failing.clients(), 1);
}

TEST_F(RedisLocator, AsksAnotherFirstWhenTheAnswerDidNotHold) {
  FakeServer cutOff(&loop_, naming("10.0.0.1", "7000"));
  FakeServer other(&loop_, naming("10.0.0.2", "7000"));
  ask({addressOf(cutOff), addressOf(other)});
  EXPECT_EQ(located(), "10.0.0.1:7000");
  EXPECT_EQ(located(), "10.0.0.2:7000");
}

TEST_F(RedisLocator, RefusesWhatIsNoAddress) {
  for (const char* port : {"0", "65536", "x", ""}) {
    FakeServer odd(&loop_, naming("10.0.0.1", port));
    ask({addressOf(odd)});
    EXPECT_EQ(failure().code, "EPROTO") << port;
  }
  FakeServer odd(&loop_, [](std::string_view received) { return received.empty() ? "" : "+PONG\r\n"; });
  ask({addressOf(odd)});
  EXPECT_EQ(failure().code, "EPROTO");
}

TEST_F(RedisLocator, ReportsWhatDoesNotSpeakRedis) {
  FakeServer web(&loop_, [](std::string_view received) { return received.empty() ? "" : "HTTP/1.1 400\r\n\r\n"; });
  ask({addressOf(web)});
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::kConnection);
  EXPECT_NE(error.message.find("does not speak Redis"), std::string::npos) << error.message;
}

TEST_F(RedisLocator, IsCancelledInFlight) {
  FakeServer silent(&loop_, silence);
  redis::Locator& locator = ask({addressOf(silent)});
  locator.start([](const Result<Address>&) { ADD_FAILURE() << "called after cancel()"; });
  locator.cancel();  // before it has even begun
  locator.start([](const Result<Address>&) { ADD_FAILURE() << "called after cancel()"; });
  ASSERT_TRUE(runUntil([&] { return silent.clients() == 1; }));
  locator.cancel();
  locator.cancel();
  uv_run(&loop_, UV_RUN_NOWAIT);
}

TEST_F(RedisLocator, IsDestroyedInFlight) {
  FakeServer silent(&loop_, silence);
  ask({addressOf(silent)}).start([](const Result<Address>&) { ADD_FAILURE() << "called after the end"; });
  ASSERT_TRUE(runUntil([&] { return silent.clients() == 1; }));
  locator_.reset();
  uv_run(&loop_, UV_RUN_NOWAIT);
}

TEST_F(RedisLocator, IsDestroyedInItsHandler) {
  FakeServer telling(&loop_, naming("10.0.0.1", "7000"));
  const Address dead{"127.0.0.1", freePort()};
  for (const Address& server : {addressOf(telling), dead}) {
    bool called = false;
    ask({server}).start([&](const Result<Address>& found) {
      locator_.reset();
      called = true;
      EXPECT_EQ(found.ok(), server != dead);
    });
    ASSERT_TRUE(runUntil([&] { return called; }));
  }
}

TEST_F(RedisLocator, StartsAnewInItsHandler) {
  FakeServer telling(&loop_, naming("10.0.0.1", "7000"));
  redis::Locator& locator = ask({addressOf(telling)});
  int found = 0;
  locator.start([&](const Result<Address>&) {
    ++found;
    locator.start([&](const Result<Address>&) { ++found; });
  });
  ASSERT_TRUE(runUntil([&] { return found == 2; }));
}

TEST(KnownServers, RemembersNoMoreThanItMust) {
  redis::KnownServers servers({{"seed", 1}});
  std::vector<Address> many;
  for (uint16_t port = 1; port <= 1000; ++port) many.push_back({"heard", port});
  servers.heard(many);
  EXPECT_EQ(servers.inOrder(false).size(), 1 + redis::KnownServers::kMostHeard);
  servers.heard({{"seed", 1}, {"other", 1}});
  EXPECT_EQ(servers.inOrder(false), (std::vector<Address>{{"seed", 1}, {"other", 1}}));
  servers.answered({"other", 1});
  EXPECT_EQ(servers.inOrder(false), (std::vector<Address>{{"other", 1}, {"seed", 1}}));
}

}  // namespace
}  // namespace aurochs::test
