// Several Connections over one link: each is served as if it were alone, and the last one closes it.
#include <string>

#include "redis_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

using redis::Connection;
using redis::ConnectionState;
using redis::Endpoint;
using redis::ReplyView;

class RedisShared : public RedisConnectionTest {
 protected:
  std::unique_ptr<Connection> share(Endpoint endpoint, RecordingListener& listener) {
    auto connection =
        std::make_unique<Connection>(&loop_, std::move(endpoint), &listener, Connection::Sharing::kSameEndpoint);
    connection->connect();
    return connection;
  }
  void closeAll(std::initializer_list<Connection*> connections) {
    size_t closed = 0;
    for (Connection* connection : connections) connection->close([&] { ++closed; });
    ASSERT_TRUE(runUntil([&] { return closed == connections.size(); }));
  }
  Answer askOn(Connection& connection, const std::vector<std::string_view>& command) {
    Answer answer;
    connection.send(command, answer.handler());
    EXPECT_TRUE(runUntil([&] { return answer.calls == 1; }));
    return answer;
  }
  RedisServer server_;
  RecordingListener one_;
  RecordingListener two_;
};

TEST_F(RedisShared, OneClientServesAllOfAnEndpoint) {
  const auto first = share(server_.tcp(), one_);
  ASSERT_TRUE(runUntil([&] { return first->ready(); }));
  const auto second = share(server_.tcp(), two_);
  EXPECT_FALSE(second->ready()) << "it says so itself, later";
  ASSERT_TRUE(runUntil([&] { return second->ready(); }));
  EXPECT_EQ(one_.ready, 1);
  EXPECT_EQ(two_.ready, 1);
  EXPECT_EQ(askOn(*first, {"CLIENT", "ID"}).integer, askOn(*second, {"CLIENT", "ID"}).integer);
  closeAll({first.get(), second.get()});
}

TEST_F(RedisShared, AnotherLoginIsAnotherClient) {
  Endpoint named = server_.tcp();
  named.connectionName = "other";
  Endpoint database = server_.tcp();
  database.db = 3;
  RecordingListener three;
  const auto plain = share(server_.tcp(), one_);
  const auto other = share(named, two_);
  const auto third = share(database, three);
  ASSERT_TRUE(runUntil([&] { return plain->ready() && other->ready() && third->ready(); }));
  const int64_t id = askOn(*plain, {"CLIENT", "ID"}).integer;
  EXPECT_NE(id, askOn(*other, {"CLIENT", "ID"}).integer);
  EXPECT_NE(id, askOn(*third, {"CLIENT", "ID"}).integer);
  closeAll({plain.get(), other.get(), third.get()});
}

TEST_F(RedisShared, WhoClosesLeavesTheOthersTheirs) {
  const auto first = share(server_.tcp(), one_);
  const auto second = share(server_.tcp(), two_);
  ASSERT_TRUE(runUntil([&] { return first->ready() && second->ready(); }));
  Answer leaving;
  Answer staying;
  const std::vector<std::string_view> ping{"PING"};
  first->send(ping, leaving.handler());
  second->send(ping, staying.handler());
  bool closed = false;
  first->close([&] { closed = true; });
  EXPECT_EQ(leaving.error.kind, ErrorKind::kClosed);
  ASSERT_TRUE(runUntil([&] { return closed && staying.calls == 1; }));
  EXPECT_EQ(staying.text, "PONG");
  EXPECT_EQ(leaving.calls, 1);
  EXPECT_EQ(first->state(), ConnectionState::kClosed);
  EXPECT_TRUE(second->ready());
  first->close(nullptr);
  EXPECT_EQ(askOn(*second, {"PING"}).text, "PONG") << "closing twice is closing once";
  closeAll({second.get()});
}

TEST_F(RedisShared, AllHearOfALossAndOfTheReturn) {
  const auto first = share(server_.tcp(), one_);
  const auto second = share(server_.tcp(), two_);
  ASSERT_TRUE(runUntil([&] { return first->ready() && second->ready(); }));
  Answer pending;
  const std::vector<std::string_view> wait{"BZPOPMIN", "nothing", "0"};
  second->send(wait, pending.handler());
  // One of them goes while it is told.
  one_.whenDisconnected = [&] { first->close(nullptr); };
  uv_run(&loop_, UV_RUN_NOWAIT);
  server_.kill();
  ASSERT_TRUE(runUntil([&] { return !two_.errors.empty(); }));
  EXPECT_EQ(pending.calls, 1);
  EXPECT_EQ(one_.errors.size(), 1U);
  server_.start();
  ASSERT_TRUE(runUntil([&] { return two_.ready == 2; }));
  EXPECT_EQ(one_.ready, 1);
  closeAll({second.get()});
}

TEST_F(RedisShared, AHandlerMayCloseTheOtherOneWhileBothFail) {
  const auto first = share(server_.tcp(), one_);
  const auto second = share(server_.tcp(), two_);
  ASSERT_TRUE(runUntil([&] { return first->ready() && second->ready(); }));
  Answer other;
  const std::vector<std::string_view> wait{"BZPOPMIN", "nothing", "0"};
  first->send(wait, [&](const Result<ReplyView>&) { second->close(nullptr); });
  second->send(wait, other.handler());
  uv_run(&loop_, UV_RUN_NOWAIT);
  server_.kill();
  ASSERT_TRUE(runUntil([&] { return !one_.errors.empty(); }));
  EXPECT_EQ(other.calls, 1);
  EXPECT_EQ(other.error.kind, ErrorKind::kClosed);
  EXPECT_TRUE(two_.errors.empty());
  closeAll({first.get()});
}

TEST_F(RedisShared, AClosedLinkIsNotJoined) {
  const auto first = share(server_.tcp(), one_);
  ASSERT_TRUE(runUntil([&] { return first->ready(); }));
  bool closed = false;
  first->close([&] { closed = true; });
  const auto second = share(server_.tcp(), two_);
  ASSERT_TRUE(runUntil([&] { return closed && second->ready(); }));
  EXPECT_EQ(askOn(*second, {"PING"}).text, "PONG");
  closeAll({second.get()});
}

}  // namespace
}  // namespace aurochs::test
