// close() from every state and every callback: pending commands hear of it once, nothing is left on the loop.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "redis_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

using redis::Connection;
using redis::Endpoint;
using redis::ReplyView;

class RedisClose : public RedisConnectionTest {};

TEST_F(RedisClose, BeforeConnect) {
  connection_ = std::make_unique<Connection>(&loop_, Endpoint{}, &listener_);
  closeAndWait();
  EXPECT_EQ(connection_->state(), Connection::State::kClosed);
  connection_->connect();
  EXPECT_EQ(connection_->state(), Connection::State::kClosed);
}

TEST_F(RedisClose, InEveryStateNoListenerCallFollows) {
  RedisServer server;
  Endpoint named = server.tcp();
  named.host = "localhost";
  Endpoint refused;
  refused.port = freePort();
  const std::vector<std::pair<Connection::State, Endpoint>> cases = {{Connection::State::kLocating, named},
                                                                     {Connection::State::kConnecting, server.tcp()},
                                                                     {Connection::State::kHandshaking, named},
                                                                     {Connection::State::kReady, named},
                                                                     {Connection::State::kReady, server.unixSocket()},
                                                                     {Connection::State::kBackoff, refused}};
  for (const auto& [state, endpoint] : cases) {
    connectTo(endpoint);
    int ready = 0;
    size_t errors = 0;
    bool closed = false;
    atState(state, [&] {
      ready = listener_.ready;
      errors = listener_.errors.size();
      connection_->close([&] { closed = true; });
    });
    ASSERT_TRUE(runUntil([&] { return closed; }));
    EXPECT_EQ(connection_->state(), Connection::State::kClosed);
    EXPECT_EQ(listener_.ready, ready);
    EXPECT_EQ(listener_.errors.size(), errors);
  }
}

TEST_F(RedisClose, DuringALookUp) {
  Endpoint endpoint;
  endpoint.host = "redis.invalid";
  connectTo(endpoint);
  uv_run(&loop_, UV_RUN_NOWAIT);  // begins the look-up
  const size_t errors = listener_.errors.size();
  closeAndWait();
  EXPECT_EQ(listener_.errors.size(), errors);
}

TEST_F(RedisClose, PendingCommandsFailOnceAsClosed) {
  RedisServer server;
  connectAndWait(server.tcp());
  Answer blocked, unsent;
  send({"BZPOPMIN", "nothing", "0"}, blocked.handler());
  uv_run(&loop_, UV_RUN_NOWAIT);
  send({"SET", "key", "value"}, unsent.handler());
  connection_->close(nullptr);
  for (const Answer* answer : {&blocked, &unsent}) {
    EXPECT_EQ(answer->calls, 1);
    EXPECT_EQ(answer->error.kind, ErrorKind::kClosed);
  }
  closeAndWait();
  EXPECT_EQ(blocked.calls, 1);
  EXPECT_EQ(server.run({"EXISTS", "key"}), "0");

  Answer late;
  send({"PING"}, late.handler());
  EXPECT_EQ(late.calls, 1);
  EXPECT_EQ(late.error.kind, ErrorKind::kClosed);
}

TEST_F(RedisClose, EveryDoneRunsOnce) {
  RedisServer server;
  connectAndWait(server.tcp());
  int done = 0;
  connection_->close([&] { ++done; });
  connection_->close([&] { ++done; });
  EXPECT_EQ(done, 0);
  ASSERT_TRUE(runUntil([&] { return done == 2; }));
  connection_->close([&] { ++done; });
  EXPECT_EQ(done, 2) << "done ran inside close()";
  ASSERT_TRUE(runUntil([&] { return done == 3; }));
}

TEST_F(RedisClose, FromAHandler) {
  RedisServer server;
  connectAndWait(server.tcp());
  bool closed = false;
  std::string text;
  Answer behind;
  send({"ECHO", "still here"}, [&](Result<ReplyView> reply) {
    connection_->close([&] { closed = true; });
    text = reply.value().text();
  });
  send({"ECHO", "behind"}, behind.handler());
  ASSERT_TRUE(runUntil([&] { return closed; }));
  EXPECT_EQ(text, "still here");
  EXPECT_EQ(behind.calls, 1);
  EXPECT_EQ(behind.error.kind, ErrorKind::kClosed);
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisClose, FromOnReadyAndDestroyedInDone) {
  RedisServer server;
  bool closed = false;
  listener_.whenReady = [&] {
    connection_->close([&] {
      connection_.reset();
      closed = true;
    });
  };
  connectTo(server.tcp());
  ASSERT_TRUE(runUntil([&] { return closed; }));
}

TEST_F(RedisClose, FromOnDisconnect) {
  Endpoint refused;
  refused.port = freePort();
  bool closed = false;
  listener_.whenDisconnected = [&] { connection_->close([&] { closed = true; }); };
  connectTo(refused);
  ASSERT_TRUE(runUntil([&] { return closed; }));
  EXPECT_EQ(listener_.errors.size(), 1u);
}

TEST_F(RedisClose, FromAHandlerThatFailsWithTheConnection) {
  RedisServer server;
  connectAndWait(server.tcp());
  bool closed = false;
  Answer behind;
  send({"BZPOPMIN", "nothing", "0"}, [&](Result<ReplyView> reply) {
    EXPECT_FALSE(reply.ok());
    connection_->close([&] { closed = true; });
  });
  send({"PING"}, behind.handler());
  uv_run(&loop_, UV_RUN_NOWAIT);
  server.kill();
  ASSERT_TRUE(runUntil([&] { return closed; }));
  EXPECT_EQ(behind.calls, 1);
  EXPECT_EQ(behind.error.kind, ErrorKind::kClosed);
  EXPECT_TRUE(listener_.errors.empty()) << "no listener call follows close()";
}

TEST_F(RedisClose, WhileAWriteIsUnderWay) {
  RedisServer server;
  connectAndWait(server.tcp());
  Answer large;
  send({"SET", "large", std::string(64 * 1024 * 1024, 'x')}, large.handler());
  uv_run(&loop_, UV_RUN_NOWAIT);
  closeAndWait();
  EXPECT_EQ(large.calls, 1);
}

TEST_F(RedisClose, DestructionAloneCloses) {
  RedisServer server;
  connectAndWait(server.tcp());
  Answer pending;
  send({"BZPOPMIN", "nothing", "0"}, pending.handler());
  uv_run(&loop_, UV_RUN_NOWAIT);
  connection_.reset();
  EXPECT_EQ(pending.calls, 1);
  EXPECT_EQ(pending.error.kind, ErrorKind::kClosed);
}

TEST_F(RedisClose, DestructionInAHandler) {
  RedisServer server;
  connectAndWait(server.tcp());
  std::string text;
  Answer behind;
  send({"ECHO", "still here"}, [&](Result<ReplyView> reply) {
    connection_.reset();
    text = reply.value().text();
  });
  send({"PING"}, behind.handler());
  ASSERT_TRUE(runUntil([&] { return !text.empty(); }));
  EXPECT_EQ(text, "still here");
  EXPECT_EQ(behind.calls, 1);
  EXPECT_EQ(behind.error.kind, ErrorKind::kClosed);
}

}  // namespace
}  // namespace aurochs::test
