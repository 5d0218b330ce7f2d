// Scripts by their SHA-1: loaded where the server doesn't know them, as often as it forgets.
#include <string>
#include <vector>

#include "redis/script.h"
#include "redis_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

using redis::ReplyView;
using redis::Script;

class RedisScript : public RedisConnectionTest {
 protected:
  RedisScript() {
    script_.name = "append";
    script_.source = "redis.call('RPUSH', KEYS[1], ARGV[1]) return {KEYS[1], ARGV[1], #ARGV}";
    script_.keyCount = 1;
    script_.sha1 = server_.run({"SCRIPT", "LOAD", script_.source});
    server_.run({"SCRIPT", "FLUSH"});
  }

  std::string call(const std::string& key, const std::string& value) {
    std::string text;
    callScript(*connection_, script_, {key, value}, [&](Result<ReplyView> reply) {
      if (!reply) {
        text = reply.error().message;
        return;
      }
      text = std::string(reply.value()[0].text()) + '=' + std::string(reply.value()[1].text()) + '#' +
             std::to_string(reply.value()[2].integer());
    });
    EXPECT_TRUE(runUntil([&] { return !text.empty(); }));
    return text;
  }

  RedisServer server_;
  Script script_;
};

TEST_F(RedisScript, IsSentWholeOnceAndThenByItsSha) {
  connectAndWait(server_.tcp());
  EXPECT_EQ(call("list", "a"), "list=a#1");
  EXPECT_EQ(call("list", "b"), "list=b#1");
  const std::string stats = server_.run({"INFO", "commandstats"});
  EXPECT_NE(stats.find("cmdstat_eval:calls=1,"), std::string::npos) << stats;
  EXPECT_NE(stats.find("cmdstat_evalsha:calls=2,"), std::string::npos) << stats;
}

TEST_F(RedisScript, SurvivesAFlushedCache) {
  connectAndWait(server_.tcp());
  EXPECT_EQ(call("list", "a"), "list=a#1");
  ASSERT_EQ(server_.run({"SCRIPT", "FLUSH"}), "OK");
  EXPECT_EQ(call("list", "b"), "list=b#1");
  EXPECT_EQ(server_.run({"LRANGE", "list", "0", "-1"}), "[a b]");
}

TEST_F(RedisScript, PipelinedCallsRunOnceEach) {
  constexpr int kCalls = 500;
  connectAndWait(server_.tcp());
  int answered = 0;
  for (int i = 0; i < kCalls; ++i) {
    callScript(*connection_, script_, {"list", std::to_string(i)}, [&](Result<ReplyView> reply) {
      EXPECT_TRUE(reply.ok());
      ++answered;
    });
  }
  ASSERT_TRUE(runUntil([&] { return answered == kCalls; }));
  EXPECT_EQ(server_.run({"LLEN", "list"}), std::to_string(kCalls));
}

TEST_F(RedisScript, ItsOwnErrorsReachTheHandler) {
  script_.source = "return redis.error_reply('MYCODE says no')";
  script_.sha1 = server_.run({"SCRIPT", "LOAD", script_.source});
  connectAndWait(server_.tcp());
  Answer answer;
  callScript(*connection_, script_, {"key", "value"}, answer.handler());
  ASSERT_TRUE(runUntil([&] { return answer.calls > 0; }));
  EXPECT_EQ(answer.error.kind, ErrorKind::kScript);
  EXPECT_EQ(answer.error.code, "MYCODE");
}

TEST_F(RedisScript, FailsLikeAnyCommandWithoutAConnection) {
  connectTo(server_.tcp());
  Answer answer;
  callScript(*connection_, script_, {"key", "value"}, answer.handler());
  EXPECT_EQ(answer.calls, 1);
  EXPECT_EQ(answer.error.kind, ErrorKind::kConnection);
}

}  // namespace
}  // namespace aurochs::test
