// What the end of a native processor means for its attempt.
#include <string>
#include <vector>

#include "plugin_fixture.h"

namespace aurochs::plugin {
namespace {

using Strings = std::vector<std::string>;

TEST(PluginRun, TheProcessorSeesItsJob) {
  expectCompleted(Attempt().run("answers"),
                  R"({"id":"7","name":"resize","queue":"images","data":{"n":40},"length":8,"made":2})");
}

TEST(PluginRun, NoResultCompletesWithNull) { expectCompleted(Attempt().run("answers", "no_result"), "null"); }

TEST(PluginRun, AResultThatIsNoJsonFails) {
  expectFailed(Attempt().run("answers", "bad_json"), "the processor's result is not valid JSON: `{\"a\":`");
  expectFailed(Attempt().run("answers", "counts_the_nul"), "the processor's result is not valid JSON: `[1,2]\\0`");
  expectFailed(Attempt().run("answers", "succeeds_with_null_pointer"),
               "the processor called succeed() without a result (NULL)");
}

TEST(PluginRun, ANonZeroStatusFails) {
  expectFailed(Attempt().run("answers", "returns_three"), "processor returned 3");
  expectFailed(Attempt().run("answers", "succeeds_and_returns_three"), "processor returned 3");
}

TEST(PluginRun, FailSaysWhyAndWhetherToTryAgain) {
  expectFailed(Attempt().run("answers", "fails"), "the disk is full");
  expectFailed(Attempt().run("answers", "fails_and_returns_three"), "the disk is full");
  expectFailed(Attempt().run("answers", "fails_for_good"), "no such user", true);
}

TEST(PluginRun, FailFailsEvenWhenMisused) {
  expectFailed(Attempt().run("answers", "fails_with_null_pointer"), "the processor failed without a message", true);
  expectFailed(Attempt().run("answers", "fails_with_unknown_flag"), "odd");
}

TEST(PluginRun, TheLastCallCounts) {
  expectFailed(Attempt().run("answers", "succeeds_then_fails"), "a second look");
  expectCompleted(Attempt().run("answers", "fails_then_succeeds"), "2");
  expectCompleted(Attempt().run("answers", "bad_then_good_json"), "\"fine\"");
}

TEST(PluginRun, ProgressAndLogReachTheSinkInOrder) {
  Attempt attempt;
  expectCompleted(attempt.run("answers", "reports"), "null");
  EXPECT_EQ(attempt.sink.progressed(), (Strings{"50", "{\"of\":3}"}));
  EXPECT_EQ(attempt.sink.rows(), (Strings{"one\ntwo", ""}));
}

TEST(PluginRun, WhatComesFasterThanItIsStoredIsRefused) {
  Attempt attempt;
  attempt.sink.limit = 3;
  expectCompleted(attempt.run("answers", "floods"), "[3,7]");
  EXPECT_EQ(attempt.sink.progressed(), (Strings{"0", "1"}));
  EXPECT_EQ(attempt.sink.rows(), (Strings{"row"}));
}

TEST(PluginRun, CancellingReachesARunningProcessor) {
  Attempt attempt;
  attempt.sink.onLog = [&] { attempt.cancelled = true; };
  expectFailed(attempt.run("answers", "until_cancelled"), "cancelled");
}

TEST(PluginRun, MisuseIsRefusedWithANegativeStatus) {
  Attempt attempt;
  expectCompleted(attempt.run("answers", "misuses"), "[1,-1,1,-2,-2,-1,-1,-1,-1,-1]");
  EXPECT_TRUE(attempt.sink.progressed().empty());
  EXPECT_TRUE(attempt.sink.rows().empty());
}

TEST(PluginRun, TheTableSaysItsVersionAndSize) { expectCompleted(Attempt().run("answers", "knows_the_table"), "null"); }

TEST(PluginRun, AnExceptionFailsTheAttemptWithItsMessage) {
  expectFailed(Attempt().run("throws"), "out of cheese");
  expectFailed(Attempt().run("throws", "succeeds_then_throws"), "too late");
  expectFailed(Attempt().run("throws", "throws_silent"), "the processor threw an exception without a message");
}

TEST(PluginRun, WhateverElseIsThrownFailsTheAttemptWithItsType) {
#if defined(__GNUC__)
  expectFailed(Attempt().run("throws", "throws_int"), "the processor threw a value of type int");
  expectFailed(Attempt().run("throws", "throws_odd"), "the processor threw a value of type (anonymous namespace)::Odd");
#else
  expectFailed(Attempt().run("throws", "throws_int"), "the processor threw something that is not a std::exception");
#endif
}

}  // namespace
}  // namespace aurochs::plugin
