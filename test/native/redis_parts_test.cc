// The small parts of a connection: backoff, command format, error replies, endpoint names.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "redis/backoff.h"
#include "redis/command.h"
#include "redis/endpoint.h"
#include "redis/error_reply.h"

namespace aurochs::redis {
namespace {

using namespace std::string_literals;

TEST(Backoff, DoublesUpToASecondWithJitter) {
  bool jitter = false;
  uint64_t previousFirst = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Backoff backoff(seed);
    EXPECT_TRUE(backoff.fresh());
    uint64_t limit = Backoff::kFirstMs;
    for (int i = 0; i < 40; ++i, limit = std::min(limit * 2, Backoff::kLastMs)) {
      const uint64_t delay = backoff.nextMs().value();
      ASSERT_GE(delay, limit / 2);
      ASSERT_LE(delay, limit);
      if (i == 0) {
        jitter = jitter || (seed > 0 && delay != previousFirst);
        previousFirst = delay;
      }
    }
    EXPECT_FALSE(backoff.fresh());
    backoff.reset();
    EXPECT_TRUE(backoff.fresh());
    EXPECT_LE(backoff.nextMs().value(), Backoff::kFirstMs);
  }
  EXPECT_TRUE(jitter);
}

TEST(Backoff, TakesTheDelaysThatItIsGiven) {
  Backoff backoff(1, RetryDelays{{10, 0, 70}, true});
  for (const uint64_t expected : {10U, 0U, 70U, 70U, 70U}) EXPECT_EQ(backoff.nextMs(), expected);
  backoff.reset();
  EXPECT_EQ(backoff.nextMs(), 10U);
}

TEST(Backoff, EndsWithTheLastDelay) {
  Backoff backoff(1, RetryDelays{{10, 20}, false});
  EXPECT_EQ(backoff.nextMs(), 10U);
  EXPECT_EQ(backoff.nextMs(), 20U);
  EXPECT_EQ(backoff.nextMs(), std::nullopt);
}

TEST(Command, IsAnArrayOfBulkStrings) {
  std::string output = "before|";
  const std::array<std::string_view, 3> args = {"SET", std::string_view(), std::string_view("a\0b", 3)};
  ASSERT_TRUE(appendCommand(output, args));
  EXPECT_EQ(output, "before|*3\r\n$3\r\nSET\r\n$0\r\n\r\n$3\r\na\0b\r\n"s);
}

TEST(Command, RefusesWhatIsTooLong) {
  std::string output;
  const std::string megabytes(64 * 1024 * 1024, 'x');
  std::vector<std::string_view> args(17, megabytes);
  EXPECT_FALSE(appendCommand(output, args));
  EXPECT_TRUE(output.empty());
}

TEST(ErrorReply, BeginsWithItsCode) {
  EXPECT_EQ(codeOf("NOSCRIPT No matching script."), "NOSCRIPT");
  EXPECT_EQ(codeOf("ODD"), "ODD");
  EXPECT_EQ(codeOf(""), "");
  const Error error = scriptError("WRONGTYPE Operation against a key");
  EXPECT_EQ(error.kind, ErrorKind::kScript);
  EXPECT_EQ(error.code, "WRONGTYPE");
  EXPECT_EQ(error.message, "WRONGTYPE Operation against a key");
}

TEST(ErrorReply, TellsServersThatCannotBeUsed) {
  EXPECT_EQ(unusableServer("READONLY You can't write against a read only replica."), "READONLY");
  EXPECT_EQ(unusableServer("LOADING Redis is loading the dataset in memory"), "LOADING");
  EXPECT_EQ(unusableServer("MASTERDOWN Link with MASTER is down"), "MASTERDOWN");
  EXPECT_EQ(unusableServer("ERR Error running script (call to f_1): @user_script:1: -LOADING Redis is"), "LOADING");
  EXPECT_EQ(unusableServer("ERR user text with -READONLY in it"), "");
  EXPECT_EQ(unusableServer("UNBLOCKED client unblocked via CLIENT UNBLOCK"), "");
  EXPECT_EQ(unusableServer(""), "");
}

TEST(Endpoint, IsDescribedByAddressOrPath) {
  Endpoint endpoint;
  EXPECT_EQ(describe(endpoint), "127.0.0.1:6379");
  endpoint.host = "::1";
  EXPECT_EQ(describe(endpoint), "[::1]:6379");
  endpoint.path = "/run/redis.sock";
  EXPECT_EQ(describe(endpoint), "/run/redis.sock");
}

}  // namespace
}  // namespace aurochs::redis
