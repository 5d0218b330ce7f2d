// A server that is gone although its connection is there: commands have limits, and idle connections show how they are.
#include <string>

#include "redis_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

using redis::Connection;
using redis::ConnectionState;
using redis::Endpoint;
using redis::ReplyAfter;
using redis::RetryDelays;

constexpr std::string_view kPong = "+PONG\r\n";

class RedisWatch : public RedisConnectionTest {
 protected:
  /// Logs in whoever comes, and answers nothing else.
  FakeServer mute_{&loop_, [](std::string_view received) {
                     if (received.find("EVAL") != std::string_view::npos) return std::string(":0\r\n");
                     return std::string(received.find("PING") != std::string_view::npos ? kPong : "");
                   }};
};

TEST_F(RedisWatch, ACommandWithoutAReplyCostsTheConnection) {
  Endpoint endpoint = mute_.endpoint();
  endpoint.commandTimeoutMs = 30;
  connectAndWait(endpoint);
  Answer first;
  Answer second;
  send({"GET", "a"}, first.handler());
  send({"GET", "b"}, second.handler());
  ASSERT_TRUE(runUntil([&] { return listener_.ready == 2; }));
  for (const Answer* answer : {&first, &second}) {
    EXPECT_EQ(answer->calls, 1);
    EXPECT_EQ(answer->error.kind, ErrorKind::kConnection);
    EXPECT_EQ(answer->error.code, "ETIMEDOUT");
  }
  EXPECT_NE(listener_.errors.at(0).message.find("gave no reply"), std::string::npos);
}

TEST_F(RedisWatch, ABlockingCommandIsGivenItsTime) {
  RedisServer server;
  Endpoint endpoint = server.tcp();
  endpoint.commandTimeoutMs = 30;
  connectAndWait(endpoint);
  Answer waited;
  const std::vector<std::string_view> command{"BZPOPMIN", "nothing", "0.2"};
  connection_->send(command, waited.handler(), ReplyAfter{60'000});
  ASSERT_TRUE(runUntil([&] { return waited.calls == 1; }));
  EXPECT_TRUE(waited.ok) << waited.error.message;
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisWatch, WithoutALimitNothingIsGivenUp) {
  Endpoint endpoint = mute_.endpoint();
  endpoint.commandTimeoutMs = 0;
  connectAndWait(endpoint);
  Answer answer;
  send({"GET", "a"}, answer.handler());
  // As long as several time-outs of the other tests.
  uv_timer_t pause;
  bool passed = false;
  pause.data = &passed;
  uv_timer_init(&loop_, &pause);
  uv_timer_start(
      &pause, [](uv_timer_t* timer) { *static_cast<bool*>(timer->data) = true; }, 100, 0);
  ASSERT_TRUE(runUntil([&] { return passed; }));
  uv_close(reinterpret_cast<uv_handle_t*>(&pause), nullptr);
  uv_run(&loop_, UV_RUN_NOWAIT);  // closes it
  EXPECT_EQ(answer.calls, 0);
  EXPECT_TRUE(connection_->ready());
  closeAndWait();  // while `answer` is there
}

TEST_F(RedisWatch, AReplyThatComesByteByByteIsWaitedFor) {
  constexpr uint64_t kPauseMs = 10;
  struct Drip {
    uv_timer_t timer;
    FakeServer& server;
    std::string rest;
  } drip{{}, mute_, "$60\r\n" + std::string(60, 'x') + "\r\n"};
  uv_timer_init(&loop_, &drip.timer);
  drip.timer.data = &drip;
  Endpoint endpoint = mute_.endpoint();
  endpoint.commandTimeoutMs = 300;  // less than all pauses together
  connectAndWait(endpoint);
  Answer answer;
  send({"GET", "text"}, answer.handler());
  uv_timer_start(
      &drip.timer,
      [](uv_timer_t* timer) {
        auto* self = static_cast<Drip*>(timer->data);
        if (self->rest.empty()) return;
        self->server.say(self->rest.substr(0, 1));
        self->rest.erase(0, 1);
      },
      kPauseMs, kPauseMs);
  ASSERT_TRUE(runUntil([&] { return answer.calls == 1; }));
  uv_close(reinterpret_cast<uv_handle_t*>(&drip.timer), nullptr);
  uv_run(&loop_, UV_RUN_NOWAIT);  // closes it
  EXPECT_EQ(answer.text, std::string(60, 'x')) << answer.error.message;
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisWatch, AServerThatAnswersOthersDoesNotAnswerUsAnyMore) {
  Endpoint endpoint = mute_.endpoint();
  endpoint.commandTimeoutMs = endpoint.busyTimeoutMs = 3'600'000;
  connectAndWait(endpoint);
  Answer answer;
  send({"GET", "a"}, answer.handler());
  ASSERT_TRUE(runUntil([&] { return answer.calls == 1; }));
  EXPECT_EQ(answer.error.code, "ETIMEDOUT");
  EXPECT_GE(mute_.clients(), 2) << "one asked whether the server is there";
}

TEST_F(RedisWatch, AServerThatIsBusyIsWaitedFor) {
  RedisServer server({"--enable-debug-command", "yes"});
  Endpoint endpoint = server.tcp();
  connectAndWait(endpoint);
  Answer sleep;
  Answer behind;
  send({"DEBUG", "SLEEP", "4"}, sleep.handler());
  send({"PING"}, behind.handler());
  ASSERT_TRUE(runUntil([&] { return behind.calls == 1; }));
  EXPECT_EQ(sleep.text, "OK") << sleep.error.message;
  EXPECT_EQ(behind.text, "PONG") << behind.error.message;
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisWatch, HealthTellsStateServerAndErrors) {
  RedisServer server;
  connectTo(server.tcp());
  const auto health = connection_->health();
  EXPECT_EQ(health->read().lastReplyMs, 0U);
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
  EXPECT_EQ(health->read().state, ConnectionState::kReady);
  EXPECT_EQ(health->read().server, "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(health->read().reconnects, 0U);
  EXPECT_FALSE(health->read().lastError);
  EXPECT_GT(health->read().lastReplyMs, 0U);
  server.kill();
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_NE(health->read().state, ConnectionState::kReady);
  EXPECT_EQ(health->read().lastError->message, listener_.errors.back().message);
  server.start();
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
  EXPECT_EQ(health->read().reconnects, 1U);
  closeAndWait();
  EXPECT_EQ(health->read().state, ConnectionState::kClosed);
}

TEST_F(RedisWatch, ARetryStrategyMayEndTheAttempts) {
  Endpoint nobody;
  nobody.port = freePort();
  nobody.retryDelays = RetryDelays{{1, 1}, false};
  connectTo(nobody);
  ASSERT_TRUE(runUntil([&] { return connection_->state() == ConnectionState::kEnded; }));
  EXPECT_EQ(listener_.errors.size(), 3U);
  EXPECT_NE(listener_.errors.back().message.find("retryStrategy"), std::string::npos);
  EXPECT_EQ(ask({"PING"}).error.kind, ErrorKind::kConnection);
}

}  // namespace
}  // namespace aurochs::test
