// A connection that is lost: every pending command hears of it exactly once, and it comes back.
#include <string>
#include <vector>

#include "redis_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

using redis::Connection;
using redis::Endpoint;
using redis::ReplyView;

constexpr std::string_view kPong = "+PONG\r\n";

class RedisLoss : public RedisConnectionTest {};

TEST_F(RedisLoss, EveryPendingCommandFailsOnceWhenTheServerDies) {
  constexpr size_t kCommands = 1000;
  RedisServer server;
  connectAndWait(server.tcp());
  // Nothing behind the blocking command is answered while the server lives.
  Answer blocked;
  send({"BZPOPMIN", "nothing", "0"}, blocked.handler());
  std::vector<Answer> answers(kCommands);
  std::vector<size_t> order;
  for (size_t i = 0; i < kCommands; ++i) {
    send({"PING"}, [&, i](Result<ReplyView> reply) {
      answers[i].handler()(std::move(reply));
      order.push_back(i);
    });
  }
  size_t heardBefore = 0;
  listener_.whenDisconnected = [&] {
    if (listener_.errors.size() == 1) heardBefore = order.size();
  };
  uv_run(&loop_, UV_RUN_NOWAIT);
  server.kill();
  ASSERT_TRUE(runUntil([&] { return listener_.errors.size() >= 2; }));
  EXPECT_EQ(heardBefore, kCommands) << "the listener hears of it after the handlers";
  EXPECT_EQ(blocked.calls, 1);
  EXPECT_EQ(blocked.error.kind, ErrorKind::kConnection);
  for (size_t i = 0; i < kCommands; ++i) {
    ASSERT_EQ(order[i], i);
    ASSERT_EQ(answers[i].calls, 1);
    ASSERT_EQ(answers[i].error.kind, ErrorKind::kConnection);
  }
  server.start();
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
  EXPECT_EQ(listener_.ready, 2);
  EXPECT_EQ(ask({"PING"}).text, "PONG");
  EXPECT_EQ(order.size(), kCommands);
}

TEST_F(RedisLoss, ComesBackAfterClientKill) {
  RedisServer server;
  connectAndWait(server.tcp());
  const std::string id = std::to_string(ask({"CLIENT", "ID"}).integer);
  Answer blocked;
  send({"BZPOPMIN", "nothing", "0"}, blocked.handler());
  uv_run(&loop_, UV_RUN_NOWAIT);
  ASSERT_EQ(server.run({"CLIENT", "KILL", "ID", id}), "1");
  ASSERT_TRUE(runUntil([&] { return listener_.ready == 2; }));
  EXPECT_EQ(blocked.calls, 1);
  EXPECT_EQ(blocked.error.kind, ErrorKind::kConnection);
  ASSERT_EQ(listener_.errors.size(), 1u);
  EXPECT_NE(std::to_string(ask({"CLIENT", "ID"}).integer), id);
}

TEST_F(RedisLoss, AWriteToALostConnectionIsALoss) {
  RedisServer server;
  connectAndWait(server.tcp());
  const std::string id = std::to_string(ask({"CLIENT", "ID"}).integer);
  ASSERT_EQ(server.run({"CLIENT", "KILL", "ID", id}), "1");
  Answer answer;
  send({"SET", "large", std::string(16 * 1024 * 1024, 'x')}, answer.handler());
  ASSERT_TRUE(runUntil([&] { return listener_.ready == 2; }));
  EXPECT_EQ(answer.calls, 1);
  EXPECT_EQ(answer.error.kind, ErrorKind::kConnection);
}

TEST_F(RedisLoss, LeavesAReplicaThatRefusesWrites) {
  RedisServer server;
  connectAndWait(server.tcp());
  const std::string script = "return redis.call('SET', 'key', 'value')";
  ASSERT_EQ(server.run({"REPLICAOF", "127.0.0.1", std::to_string(freePort())}), "OK");
  Answer refused, behind;
  send({"EVAL", script, "0"}, refused.handler());
  send({"ECHO", "behind"}, behind.handler());
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  for (const Answer* answer : {&refused, &behind}) {
    EXPECT_EQ(answer->calls, 1);
    EXPECT_EQ(answer->error.kind, ErrorKind::kConnection);
    EXPECT_EQ(answer->error.code, "READONLY");
  }
  EXPECT_EQ(listener_.errors[0].code, "READONLY");
  ASSERT_EQ(server.run({"REPLICAOF", "NO", "ONE"}), "OK");
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
  EXPECT_EQ(ask({"EVAL", script, "0"}).text, "OK");
}

TEST_F(RedisLoss, WaitsForAReplicaWithoutItsMaster) {
  RedisServer server({"--replica-serve-stale-data", "no"});
  ASSERT_EQ(server.run({"REPLICAOF", "127.0.0.1", std::to_string(freePort())}), "OK");
  connectTo(server.tcp());
  ASSERT_TRUE(runUntil([&] { return listener_.sawCode("MASTERDOWN"); }));
  EXPECT_EQ(listener_.ready, 0);
  ASSERT_EQ(server.run({"REPLICAOF", "NO", "ONE"}), "OK");
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
}

TEST_F(RedisLoss, ReadonlyInsideAScriptsFailureCountsToo) {
  FakeServer server(&loop_, [](std::string_view received) -> std::string {
    if (received.empty()) return "";
    if (received.find("PING") != std::string_view::npos) return std::string(kPong);
    return "-ERR Error running script (call to f_abc): @user_script:3: @user_script: 3: -READONLY You can't write "
           "against a read only replica. \r\n";
  });
  connectAndWait(server.endpoint());
  const Answer answer = ask({"EVALSHA", "abc", "0"});
  EXPECT_EQ(answer.error.kind, ErrorKind::kConnection);
  EXPECT_EQ(answer.error.code, "READONLY");
  EXPECT_TRUE(listener_.sawCode("READONLY"));
}

TEST_F(RedisLoss, BackAndForthWithAServerThatRefusesEverythingSlowsDown) {
  FakeServer server(&loop_, [](std::string_view received) -> std::string {
    if (received.empty()) return "";
    return received.find("PING") != std::string_view::npos ? std::string(kPong) : "-READONLY no\r\n";
  });
  listener_.whenReady = [&] { send({"SET", "key", "value"}, [](Result<ReplyView>) {}); };
  connectTo(server.endpoint());
  const uint64_t begin = uv_hrtime();
  ASSERT_TRUE(runUntil([&] { return listener_.errors.size() == 4; }));
  // Pauses of at least 25, 50 and 100 ms between four losses; the loop's clock counts whole milliseconds.
  EXPECT_GE(uv_hrtime() - begin, 172u * 1'000'000);
}

TEST_F(RedisLoss, WhatIsNotRespIsAProtocolError) {
  FakeServer server(&loop_, [](std::string_view received) -> std::string {
    return received.empty() ? "" : "HTTP/1.1 400 Bad Request\r\n\r\n";
  });
  connectTo(server.endpoint());
  ASSERT_TRUE(runUntil([&] { return listener_.errors.size() == 2; }));
  EXPECT_EQ(listener_.errors[0].kind, ErrorKind::kProtocol);
  EXPECT_EQ(listener_.ready, 0);
}

TEST_F(RedisLoss, GarbageInsteadOfAReplyResetsTheConnection) {
  bool garbage = true;
  FakeServer server(&loop_, [&](std::string_view received) -> std::string {
    if (received.empty()) return "";
    const bool ping = received.find("PING") != std::string_view::npos;
    return ping ? std::string(kPong) : garbage ? "+first\r\n\x80garbage\r\n" : "+fine\r\n";
  });
  connectAndWait(server.endpoint());
  Answer first, second, third;
  send({"GET", "a"}, first.handler());
  send({"GET", "b"}, second.handler());
  send({"GET", "c"}, third.handler());
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(listener_.errors[0].kind, ErrorKind::kProtocol);
  EXPECT_EQ(first.text, "first");
  for (const Answer* answer : {&second, &third}) {
    EXPECT_EQ(answer->calls, 1);
    EXPECT_EQ(answer->error.kind, ErrorKind::kConnection);
  }
  garbage = false;
  ASSERT_TRUE(runUntil([&] { return listener_.ready == 2; }));
  EXPECT_EQ(ask({"GET", "a"}).text, "fine");
}

TEST_F(RedisLoss, AReplyThatNothingAskedForIsAProtocolError) {
  FakeServer server(&loop_, [](std::string_view received) -> std::string {
    return received.empty() ? "" : "+PONG\r\n+surprise\r\n";
  });
  connectTo(server.endpoint());
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(listener_.ready, 1);
  EXPECT_EQ(listener_.errors[0].kind, ErrorKind::kProtocol);
}

TEST_F(RedisLoss, ResetFailsWhatIsPendingAndComesBack) {
  RedisServer server;
  connectAndWait(server.tcp());
  const std::string id = std::to_string(ask({"CLIENT", "ID"}).integer);
  Answer blocked;
  send({"BZPOPMIN", "nothing", "0"}, blocked.handler());
  uv_run(&loop_, UV_RUN_NOWAIT);
  connection_->reset({ErrorKind::kConnection, "ETIMEDOUT", "no answer in time"});
  EXPECT_EQ(connection_->state(), Connection::State::kBackoff);
  EXPECT_EQ(blocked.calls, 1);
  EXPECT_EQ(blocked.error.message, "no answer in time");
  ASSERT_EQ(listener_.errors.size(), 1u);
  EXPECT_EQ(listener_.errors[0].code, "ETIMEDOUT");
  connection_->reset({ErrorKind::kConnection, "", "again"});
  EXPECT_EQ(listener_.errors.size(), 1u) << "there was nothing to reset";
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
  EXPECT_NE(std::to_string(ask({"CLIENT", "ID"}).integer), id);
}

TEST_F(RedisLoss, ResetFromAHandlerLeavesItsReplyReadable) {
  RedisServer server;
  connectAndWait(server.tcp());
  std::string text;
  Answer behind;
  send({"ECHO", "still here"}, [&](Result<ReplyView> reply) {
    connection_->reset({ErrorKind::kConnection, "", "on purpose"});
    text = reply.value().text();
  });
  send({"ECHO", "behind"}, behind.handler());
  ASSERT_TRUE(runUntil([&] { return listener_.ready == 2; }));
  EXPECT_EQ(text, "still here");
  EXPECT_EQ(behind.calls, 1);
  EXPECT_EQ(behind.error.message, "on purpose");
}

TEST_F(RedisLoss, ResetInEveryStateOfAnAttempt) {
  RedisServer server;
  for (const Connection::State at : {Connection::State::kLocating, Connection::State::kConnecting,
                                     Connection::State::kHandshaking, Connection::State::kReady}) {
    Endpoint endpoint = server.tcp();
    endpoint.host = "localhost";
    connectTo(endpoint);
    atState(at, [&] {
      connection_->reset({ErrorKind::kConnection, "", "on purpose"});
      EXPECT_EQ(connection_->state(), Connection::State::kBackoff);
    });
    ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
    EXPECT_EQ(ask({"PING"}).text, "PONG");
    closeAndWait();
  }
}

TEST_F(RedisLoss, ResetsOfOursDoNotCountAsFailures) {
  RedisServer server;
  connectAndWait(server.tcp());
  for (int i = 1; i <= 20; ++i) {
    connection_->reset({ErrorKind::kClosed, "", "cancelled"});
    EXPECT_EQ(connection_->state(), Connection::State::kBackoff);
    uv_run(&loop_, UV_RUN_NOWAIT);
    EXPECT_NE(connection_->state(), Connection::State::kBackoff);  // no pause, however often
    ASSERT_TRUE(runUntil([&] { return listener_.ready == i + 1; }));
  }
}

}  // namespace
}  // namespace aurochs::test
