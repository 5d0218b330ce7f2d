// A connection that works: ready, replies in order, large values, both transports.
#include <functional>
#include <string>
#include <vector>

#include "redis_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

using redis::Connection;
using redis::Endpoint;
using redis::ReplyType;
using redis::ReplyView;

class RedisConnection : public RedisConnectionTest {
 protected:
  RedisServer server_;
};

TEST_F(RedisConnection, BecomesReadyOverTcp) {
  Connection& connection = connectTo(server_.tcp());
  EXPECT_EQ(connection.state(), Connection::State::kLocating);
  ASSERT_TRUE(runUntil([&] { return connection.ready(); }));
  EXPECT_EQ(listener_.ready, 1);
  EXPECT_EQ(ask({"ECHO", "hello"}).text, "hello");
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisConnection, BecomesReadyOverAUnixSocket) {
  connectAndWait(server_.unixSocket());
  EXPECT_EQ(ask({"ECHO", "hello"}).text, "hello");
}

TEST_F(RedisConnection, ResolvesNames) {
  Endpoint endpoint = server_.tcp();
  endpoint.host = "localhost";  // ::1 may come first, where nothing listens
  connectAndWait(endpoint);
  EXPECT_EQ(ask({"PING"}).text, "PONG");
}

TEST_F(RedisConnection, TakesKeepAliveAndNagle) {
  Endpoint endpoint = server_.tcp();
  endpoint.keepAliveMs = 500;
  endpoint.noDelay = false;
  connectAndWait(endpoint);
  EXPECT_EQ(ask({"PING"}).text, "PONG");
}

TEST_F(RedisConnection, ConnectsOnlyOnce) {
  Connection& connection = connectTo(server_.tcp());
  connection.connect();
  ASSERT_TRUE(runUntil([&] { return connection.ready(); }));
  connection.connect();
  EXPECT_TRUE(connection.ready());
  EXPECT_EQ(ask({"PING"}).text, "PONG");
  EXPECT_EQ(listener_.ready, 1);
}

TEST_F(RedisConnection, RepliesComeInTheOrderOfTheCommands) {
  constexpr int kCommands = 10'000;
  connectAndWait(server_.tcp());
  std::vector<int64_t> replies;
  for (int i = 0; i < kCommands; ++i) {
    send({"INCR", "counter"}, [&](Result<ReplyView> reply) {
      ASSERT_TRUE(reply.ok());
      replies.push_back(reply.value().integer());
    });
  }
  EXPECT_TRUE(replies.empty()) << "a handler ran inside send()";
  ASSERT_TRUE(runUntil([&] { return replies.size() == kCommands; }));
  for (int i = 0; i < kCommands; ++i) ASSERT_EQ(replies[static_cast<size_t>(i)], i + 1);
}

TEST_F(RedisConnection, HandlersMaySendMore) {
  connectAndWait(server_.tcp());
  int left = 100;
  std::function<void()> next = [&] {
    send({"INCR", "counter"}, [&](Result<ReplyView> reply) {
      ASSERT_TRUE(reply.ok());
      if (--left > 0) next();
    });
  };
  next();
  ASSERT_TRUE(runUntil([&] { return left == 0; }));
  EXPECT_EQ(ask({"GET", "counter"}).integer, 100);
}

TEST_F(RedisConnection, ErrorRepliesBelongToTheirCommand) {
  connectAndWait(server_.tcp());
  Answer before, wrong, after;
  send({"SET", "key", "text"}, before.handler());
  send({"INCR", "key"}, wrong.handler());
  send({"GET", "key"}, after.handler());
  ASSERT_TRUE(runUntil([&] { return after.calls == 1; }));
  EXPECT_EQ(before.type, ReplyType::kStatus);
  EXPECT_FALSE(wrong.ok);
  EXPECT_EQ(wrong.error.kind, ErrorKind::kScript);
  EXPECT_EQ(wrong.error.code, "ERR");
  EXPECT_EQ(wrong.error.message, "ERR value is not an integer or out of range");
  EXPECT_EQ(after.text, "text");
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisConnection, KeepsBinaryAndEmptyArguments) {
  connectAndWait(server_.tcp());
  const std::string binary("\0\r\n$5\r\n\xff", 9);
  EXPECT_EQ(ask({"SET", binary, ""}).text, "OK");
  const Answer empty = ask({"GET", binary});
  EXPECT_EQ(empty.type, ReplyType::kString);
  EXPECT_EQ(empty.text, "");
  EXPECT_EQ(ask({"GET", "nothing"}).type, ReplyType::kNil);
}

TEST_F(RedisConnection, CarriesA64MegabyteValueBothWays) {
  for (const Endpoint& endpoint : {server_.tcp(), server_.unixSocket()}) {
    connectAndWait(endpoint);
    std::string value(64 * 1024 * 1024, 'x');
    for (size_t i = 0; i < value.size(); i += 1000) value[i] = static_cast<char>('a' + (i / 1000) % 26);
    Answer stored, counted;
    bool same = false;
    int fetched = 0;
    send({"SET", "large", value}, stored.handler());
    send({"STRLEN", "large"}, counted.handler());
    send({"GET", "large"}, [&](Result<ReplyView> reply) {
      ++fetched;
      same = reply.ok() && reply.value().text() == value;
    });
    ASSERT_TRUE(runUntil([&] { return fetched == 1; }));
    EXPECT_EQ(stored.text, "OK");
    EXPECT_EQ(counted.integer, static_cast<int64_t>(value.size()));
    EXPECT_TRUE(same);
    EXPECT_EQ(ask({"PING"}).text, "PONG");
    closeAndWait();
  }
}

TEST_F(RedisConnection, SendsWhatIsQueuedBehindAWriteUnderWay) {
  constexpr int kCommands = 200;
  connectAndWait(server_.tcp());
  const std::string value(1024 * 1024, 'x');  // far more than a socket's buffer
  std::vector<int64_t> lengths;
  int sent = 0;
  std::function<void()> next = [&] {
    if (sent++ < kCommands) {
      send({"APPEND", "key", sent % 20 == 0 ? value : "y"}, [&](Result<ReplyView> reply) {
        ASSERT_TRUE(reply.ok());
        lengths.push_back(reply.value().integer());
        next();
      });
    }
  };
  for (int i = 0; i < 8; ++i) next();
  ASSERT_TRUE(runUntil([&] { return lengths.size() == kCommands; }));
  EXPECT_EQ(lengths.back(), static_cast<int64_t>(10 * value.size()) + kCommands - 10);
  for (size_t i = 1; i < lengths.size(); ++i) ASSERT_GT(lengths[i], lengths[i - 1]);
}

TEST_F(RedisConnection, ACommandBeforeReadyFailsAtOnce) {
  connectTo(server_.tcp());
  Answer answer;
  send({"PING"}, answer.handler());
  EXPECT_EQ(answer.calls, 1);
  EXPECT_EQ(answer.error.kind, ErrorKind::kConnection);
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
  EXPECT_EQ(answer.calls, 1);
}

TEST_F(RedisConnection, ABlockingCommandEndsWithUnblocked) {
  connectAndWait(server_.tcp());
  const std::string id = std::to_string(ask({"CLIENT", "ID"}).integer);
  Answer answer;
  send({"BZPOPMIN", "nothing", "0"}, answer.handler());
  uv_run(&loop_, UV_RUN_NOWAIT);
  // Only a client that is blocked already can be unblocked, and the server reads its clients in any order.
  while (server_.run({"CLIENT", "UNBLOCK", id, "ERROR"}) != "1") ASSERT_EQ(answer.calls, 0);
  ASSERT_TRUE(runUntil([&] { return answer.calls == 1; }));
  EXPECT_EQ(answer.error.kind, ErrorKind::kScript);
  EXPECT_EQ(answer.error.code, "UNBLOCKED");
  EXPECT_TRUE(connection_->ready());
}

}  // namespace
}  // namespace aurochs::test
