// aurochs/processor.hpp, in a library and in a program that contains the engine as well.
#include <algorithm>
#include <aurochs/processor.hpp>
#include <string>
#include <vector>

#include "plugin/job_api.h"
#include "plugin_fixture.h"

AUROCHS_CPP_PROCESSOR(beside_the_engine) { return std::string(job.data()); }

namespace aurochs::plugin {
namespace {

using Strings = std::vector<std::string>;

TEST(PluginCpp, TheProcessorSeesItsJobAndReturnsItsResult) {
  expectCompleted(Attempt().run("modern"), R"({"id":"7","name":"resize","queue":"images","data":{"n":40},"made":2})");
}

TEST(PluginCpp, AnEmptyStringCompletesWithNull) { expectCompleted(Attempt().run("modern", "cpp_no_result"), "null"); }

TEST(PluginCpp, AResultThatIsNoJsonFails) {
  expectFailed(Attempt().run("modern", "cpp_bad_json"), "the processor's result is not valid JSON: `nope`");
}

TEST(PluginCpp, ExceptionsFailTheAttempt) {
  expectFailed(Attempt().run("modern", "cpp_throws"), "try again");
  expectFailed(Attempt().run("modern", "cpp_unrecoverable"), "never again", true);
  expectFailed(Attempt().run("modern", "cpp_throws_int"), "the processor threw something that is not a std::exception");
}

TEST(PluginCpp, ProgressAndLog) {
  Attempt attempt;
  expectCompleted(attempt.run("modern", "cpp_reports"), "null");
  EXPECT_EQ(attempt.sink.progressed(), Strings{"0.5"});
  EXPECT_EQ(attempt.sink.rows(), (Strings{"half of it", ""}));
}

TEST(PluginCpp, WhatComesFasterThanItIsStoredIsRefused) {
  Attempt attempt;
  attempt.sink.limit = 2;
  expectCompleted(attempt.run("modern", "cpp_floods"), "[1,0,1,0]");
  EXPECT_EQ(attempt.sink.progressed(), Strings{"1"});
  EXPECT_EQ(attempt.sink.rows(), Strings{"first"});
}

TEST(PluginCpp, ProgressThatIsNoJsonThrows) {
  expectFailed(Attempt().run("modern", "cpp_bad_progress"), "job.progress() was given text that is not valid JSON");
}

TEST(PluginCpp, CancellingReachesARunningProcessor) {
  Attempt attempt;
  attempt.sink.onLog = [&] { attempt.cancelled = true; };
  expectFailed(attempt.run("modern", "cpp_until_cancelled"), "cancelled");
}

TEST(PluginCpp, TheProcessorsOwnThreadsMayUseTheJob) {
  Attempt attempt;
  expectCompleted(attempt.run("modern", "cpp_threads"), "\"joined\"");
  EXPECT_EQ(attempt.sink.rows(), Strings(200, R"({"n":40})"));
  const Strings progressed = attempt.sink.progressed();
  for (const char* thread : {"0", "1", "2", "3"}) {
    EXPECT_EQ(std::count(progressed.begin(), progressed.end(), thread), 50);
  }
}

TEST(PluginCpp, TheHeaderLivesBesideTheEngine) {
  Attempt attempt;
  aurochs_job job{attempt.input, attempt.cancelled, attempt.sink};
  EXPECT_EQ(beside_the_engine(&job, &jobApi()), 0);
  EXPECT_EQ(aurochs_abi_beside_the_engine, AUROCHS_ABI_VERSION);
  MutexLock lock(job.mutex);
  ASSERT_TRUE(job.outcome);
  expectCompleted(*job.outcome, attempt.input.data);
}

}  // namespace
}  // namespace aurochs::plugin
