// Values of BullMQ's protocol: keys, packed options, arguments. (Replies: redis_reply tests and the worker loop's.)

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "protocol/arguments.h"
#include "protocol/job_hash.h"
#include "protocol/queue_keys.h"
#include "protocol/script_options.h"

namespace aurochs::protocol {
namespace {

using nlohmann::json;

json unpack(const std::string& packed) { return json::from_msgpack(packed); }

TEST(QueueKeys, AreNamedAsBullMQNamesThem) {
  const QueueKeys keys("{bull}", "mail");
  EXPECT_EQ(keys.base, "{bull}:mail:");
  EXPECT_EQ(keys.stalledCheck, "{bull}:mail:stalled-check");
  EXPECT_EQ(keys.metricsCompleted, "{bull}:mail:metrics:completed");
  EXPECT_EQ(keys.job("7"), "{bull}:mail:7");
}

TEST(ScriptOptions, FetchHasTokenLockAndWhatWasSet) {
  ScriptOptions plain({});
  EXPECT_EQ(unpack(plain.moveToActive("id:0")), (json{{"token", "id:0"}, {"lockDuration", 30000}}));

  ScriptSettings settings;
  settings.workerName = "worker-1";
  settings.lockDurationMs = 1000;
  settings.limiter = json{{"max", 5}, {"duration", 1000}};
  ScriptOptions full(settings);
  EXPECT_EQ(unpack(full.moveToActive("t")), (json{{"token", "t"},
                                                  {"lockDuration", 1000},
                                                  {"name", "worker-1"},
                                                  {"limiter", {{"max", 5}, {"duration", 1000}}}}));
}

TEST(ScriptOptions, TokensOfEveryLengthArePacked) {
  ScriptOptions options({});
  for (const size_t length : {1U, 31U, 32U, 60U, 255U}) {
    const std::string token(length, 'x');
    EXPECT_EQ(unpack(options.moveToActive(token))["token"], token);
  }
}

TEST(ScriptOptions, FinishHasWhatTheJobSays) {
  ScriptOptions options({});
  const json packed =
      unpack(options.finish(R"({"attempts":3,"fpof":true,"rdof":false})").moveToFinished.withToken("t"));
  EXPECT_EQ(packed["token"], "t");
  EXPECT_EQ(packed["attempts"], 3);
  EXPECT_EQ(packed["keepJobs"], (json{{"count", -1}}));
  EXPECT_EQ(packed["maxMetricsSize"], "");
  EXPECT_EQ(packed["fpof"], true);
  EXPECT_EQ(packed["cpof"], false);
  EXPECT_EQ(packed["idof"], false);
  EXPECT_EQ(packed["rdof"], false);
}

TEST(ScriptOptions, MetricsAndTheWorkersKeepJobs) {
  ScriptSettings settings;
  settings.maxMetricsSize = 60;
  settings.keepCompleted = json{{"age", 60}, {"count", 10}};
  ScriptOptions options(settings);
  const json packed = unpack(options.finish("{}").moveToFinished.withToken("t"));
  EXPECT_EQ(packed["maxMetricsSize"], 60);
  EXPECT_EQ(packed["keepJobs"], settings.keepCompleted);
}

struct KeepCase {
  const char* removeOnComplete;
  json expected;
};

TEST(ScriptOptions, TheJobsRemoveOnCompleteWins) {
  ScriptSettings settings;
  settings.keepCompleted = json{{"count", 7}};
  ScriptOptions options(settings);
  const std::vector<KeepCase> cases{
      {"true", {{"count", 0}}}, {"false", {{"count", -1}}}, {"12", {{"count", 12}}}, {R"({"age":5})", {{"age", 5}}}};
  for (const KeepCase& c : cases) {
    const std::string jobOptions = std::string(R"({"removeOnComplete":)") + c.removeOnComplete + "}";
    EXPECT_EQ(unpack(options.finish(jobOptions).moveToFinished.withToken("t"))["keepJobs"], c.expected)
        << c.removeOnComplete;
  }
}

TEST(ScriptOptions, ManyDistinctJobOptionsStayRight) {
  ScriptOptions options({});
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 1000; ++i) {
      const std::string jobOptions = R"({"attempts":)" + std::to_string(i) + "}";
      ASSERT_EQ(unpack(options.finish(jobOptions).moveToFinished.withToken("t"))["attempts"], i);
    }
  }
}

TEST(ScriptOptions, OptionsThatAreNoJsonCountAsNone) {
  ScriptOptions options({});
  EXPECT_EQ(unpack(options.finish("not json").moveToFinished.withToken("t"))["attempts"], 0);
}

TEST(ScriptOptions, OptionsThatNestTooDeeplyCountAsNone) {
  ScriptOptions options({});
  for (const size_t levels : {100U, 20'000U}) {
    std::string deep;
    for (size_t i = 0; i < levels; ++i) deep += R"({"a":[)";
    deep += '1';
    for (size_t i = 0; i < levels; ++i) deep += "]}";
    const std::string jobOptions = R"({"fpof":true,"kl":3,"removeOnComplete":)" + deep + R"(,"attempts":)" + deep + '}';
    const FinishOptions& finish = options.finish(jobOptions);
    const json packed = unpack(finish.moveToFinished.withToken("t"));
    EXPECT_EQ(packed["keepJobs"], (json{{"count", -1}}));
    EXPECT_EQ(packed["attempts"], 0);
    EXPECT_EQ(packed["fpof"], true);
    EXPECT_EQ(finish.keepJobs, (KeepJobs{"-1", "", ""}));
    EXPECT_EQ(keepLogs(jobOptions), "3");
  }
}

TEST(KeepLogs, IsTheNumberOrNothing) {
  EXPECT_EQ(keepLogs(R"({"kl":3})"), "3");
  EXPECT_EQ(keepLogs(R"({"kl":0})"), "");
  EXPECT_EQ(keepLogs("{}"), "");
}

TEST(Arguments, OfMoveToFinishedInBullMQsOrder) {
  const QueueKeys keys("bull", "q");
  const Arguments arguments = moveToCompletedArguments(keys, "5", 1234, R"({"a":1})", true, "packed");
  ASSERT_EQ(arguments.size(), 14U + 9U);
  EXPECT_EQ(arguments[10], "bull:q:completed");
  EXPECT_EQ(arguments[11], "bull:q:5");
  EXPECT_EQ(arguments[13], "bull:q:marker");
  const Arguments argv(arguments.begin() + 14, arguments.end());
  EXPECT_EQ(argv, (Arguments{"5", "1234", "returnvalue", R"({"a":1})", "completed", "1", "bull:q:", "packed", ""}));
}

TEST(Arguments, OfExtendLocksArePackedArrays) {
  const QueueKeys keys("bull", "q");
  const Arguments arguments = extendLocksArguments(keys, {"1", "b"}, {"t:1", "t:2"}, 500);
  EXPECT_EQ(arguments[0], "bull:q:stalled");
  EXPECT_EQ(unpack(arguments[2]), (json{"t:1", "t:2"}));
  EXPECT_EQ(unpack(arguments[3]), (json{"1", "b"}));
  EXPECT_EQ(arguments[4], "500");
}

TEST(JobHash, FindsFieldsByName) {
  JobHash hash;
  hash.add("name", "fib");
  hash.add("data", "");
  hash.add("atm", "2");
  EXPECT_EQ(hash.get("name"), "fib");
  EXPECT_FALSE(hash.has("data"));
  EXPECT_FALSE(hash.has("opts"));
  EXPECT_EQ(hash.integer("atm"), 2);
  EXPECT_EQ(hash.integer("ats"), 0);
  ASSERT_EQ(hash.size(), 3U);
  EXPECT_EQ(hash.at(2).name, "atm");
}

}  // namespace
}  // namespace aurochs::protocol
