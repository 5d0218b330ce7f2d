// Jobs on JavaScript threads that must stop: cancelled, or beyond their time limits. Threads that answer keep their
// seats; the loop wants rid of those that don't.
#include "worker_threads_fixture.h"

namespace aurochs::test {
namespace {

using worker::EventType;
using worker::WorkerLoop;

testing::AssertionResult says(const worker::Event& event, const std::string& part) {
  if (event.text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << event.text << " doesn't say " << part;
}

class WorkerThreadLimitsTest : public WorkerThreadsTest {
 protected:
  /// Threads for one job each.
  void startThreadsWithTimeLimit(size_t threads, int64_t timeLimitMs) {
    worker::Options settings = threadOptions();
    settings.routes[0].timeLimitMs = timeLimitMs;
    startThreads(threads, 1, std::move(settings));
  }
  void cancel(const std::string& id, const std::string& reason) {
    post([=](WorkerLoop& loop) { loop.cancelRunning(id, reason); });
  }
  /// The loop wants rid of this thread.
  [[nodiscard]] bool waitUntilUnwanted(worker::ThreadNumber thread) const {
    return waitUntil([&] {
      for (const worker::Event& event : events_->all()) {
        if (event.type == EventType::kThreadStuck && event.number == thread) return true;
      }
      return false;
    });
  }
};

TEST_F(WorkerThreadLimitsTest, CancelsByTheThreadWhichAnswers) {
  addJobs(2);
  startThreads(2, 1);
  FakeThread& first = attach();
  FakeThread& second = attach();
  ASSERT_TRUE(waitForJobs(first, 1));
  ASSERT_TRUE(waitForJobs(second, 1));
  const auto answering = *first.jobs().begin();
  const auto blocked = *second.jobs().begin();
  cancel(answering.first, R"("why")");
  cancel(blocked.first, R"("why")");
  ASSERT_TRUE(waitUntil([&] { return first.heard->count(EventType::kCancel) == 1; }));
  EXPECT_EQ(first.heard->all().back().text, R"("why")");
  EXPECT_EQ(first.heard->all().back().job, answering.second);
  first.seat->cancelling(answering.second);
  // Its time would have been over before that of the other, which says nothing.
  ASSERT_TRUE(waitUntilUnwanted(2));
  EXPECT_EQ(events_->count(EventType::kThreadStuck), 1U);
  first.seat->complete(answering.second, "1");
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
  post([](WorkerLoop& loop) { loop.threadGone(2); });
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 1));
  EXPECT_EQ(told(EventType::kOrphaned).begin()->first, blocked.first);
  EXPECT_TRUE(says(told(EventType::kOrphaned).begin()->second, R"("message":"why")"));
}

TEST_F(WorkerThreadLimitsTest, NeverStartsWhatWasCancelledBeforeItHadAThread) {
  addJobs(2);
  startThreads(2, 1);
  FakeThread& first = attach();
  ASSERT_TRUE(waitForJobs(first, 1));
  ASSERT_TRUE(waitUntil([&] { return loop_->inFlight() == 2; }));
  const std::string waiting = first.jobs().begin()->first == "1" ? "2" : "1";
  cancel(waiting, R"("early")");
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 1));
  EXPECT_TRUE(says(told(EventType::kOrphaned).at(waiting), R"("message":"early")"));
  FakeThread& second = attach();
  sync();
  EXPECT_EQ(second.heard->count(EventType::kJob), 0U);
  EXPECT_EQ(first.heard->count(EventType::kCancel), 0U);
  settle(EventType::kOrphaned);
}

TEST_F(WorkerThreadLimitsTest, BlamesOnlyTheJobThatHadToStop) {
  addJobs(2);
  startThreads(1, 2);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitForJobs(thread, 2));
  cancel("1", R"({"name":"Error","message":"not wanted"})");
  ASSERT_TRUE(waitUntilUnwanted(1));
  post([](WorkerLoop& loop) { loop.threadGone(1); });
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 2));
  EXPECT_TRUE(says(told(EventType::kOrphaned).at("1"), "not wanted"));
  EXPECT_EQ(told(EventType::kOrphaned).at("2").text, "");
  EXPECT_EQ(events_->count(EventType::kThreadStuck), 1U);
}

TEST_F(WorkerThreadLimitsTest, GivesNoJobToAThreadThatItWantsRidOf) {
  addJobs(3);
  startThreads(1, 2);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitForJobs(thread, 2));
  cancel("1", "");
  ASSERT_TRUE(waitUntilUnwanted(1));
  // What it has done by then counts.
  thread.seat->complete(thread.job("2"), "1");
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
  ASSERT_TRUE(waitUntil([&] { return active() == 2; })) << "the third was fetched";
  sync();
  EXPECT_EQ(thread.jobs().size(), 2U);
  ASSERT_TRUE(waitForEvents(EventType::kThreadWanted, 2));
  FakeThread& next = attach();
  ASSERT_TRUE(waitForJobs(next, 1));
  EXPECT_EQ(next.jobs().begin()->first, "3");
}

TEST_F(WorkerThreadLimitsTest, CountsWhatAJobHasDoneBeforeItsThreadEnds) {
  addJobs(1);
  startThreadsWithTimeLimit(1, 20);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitUntilUnwanted(1));
  thread.seat->complete(thread.job("1"), "1");
  thread.seat.reset();
  post([](WorkerLoop& loop) { loop.threadGone(1); });
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
  EXPECT_EQ(events_->count(EventType::kOrphaned), 0U);
}

TEST_F(WorkerThreadLimitsTest, StopsAJobAtItsTimeLimit) {
  addJobs(1);
  startThreadsWithTimeLimit(1, 20);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitUntilUnwanted(1));
  EXPECT_EQ(thread.heard->count(EventType::kCancel), 0U) << "no use: it would have to run to hear of it";
  post([](WorkerLoop& loop) { loop.threadGone(1); });
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 1));
  const worker::Event orphan = told(EventType::kOrphaned).at("1");
  EXPECT_TRUE(says(orphan, "TimeLimitError"));
  EXPECT_TRUE(says(orphan, "job 1 ran longer than its timeLimit of 20 ms"));
}

TEST_F(WorkerThreadLimitsTest, LetsAJobLowerItsLimitButNotRaiseIt) {
  addJobs(2);
  server_.run({"HSET", "bull:q:1", "opts", R"({"attempts":0,"timeLimit":10})"});
  server_.run({"HSET", "bull:q:2", "opts", R"({"attempts":0,"timeLimit":3600000})"});
  startThreadsWithTimeLimit(2, 40);
  for (const worker::ThreadNumber thread : {1, 2}) {
    attach();
    ASSERT_TRUE(waitUntilUnwanted(thread));
    post([thread](WorkerLoop& loop) { loop.threadGone(thread); });
  }
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 2));
  EXPECT_TRUE(says(told(EventType::kOrphaned).at("1"), "timeLimit of 10 ms"));
  EXPECT_TRUE(says(told(EventType::kOrphaned).at("2"), "timeLimit of 40 ms"));
}

TEST_F(WorkerThreadLimitsTest, TakesALimitBeyondTheClockForNone) {
  addJobs(3);
  server_.run({"HSET", "bull:q:1", "opts", R"({"attempts":0,"timeLimit":9223372036854775000})"});
  server_.run({"HSET", "bull:q:2", "opts", R"({"attempts":0,"timeLimit":1e300})"});
  server_.run({"HSET", "bull:q:3", "opts", R"({"attempts":0,"timeLimit":10})"});
  startThreads(3, 1);
  for (const worker::ThreadNumber thread : {1, 2, 3}) {
    FakeThread& attached = attach();
    ASSERT_TRUE(waitForJobs(attached, 1));
    EXPECT_EQ(attached.jobs().begin()->first, std::to_string(thread));
  }
  ASSERT_TRUE(waitUntilUnwanted(3));
  EXPECT_EQ(events_->count(EventType::kThreadStuck), 1U) << "the others' limits were over before";
  post([](WorkerLoop& loop) { loop.threadGone(3); });
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 1));
}

TEST_F(WorkerThreadLimitsTest, AsksAJobToStopAtItsSoftLimit) {
  addJobs(1);
  worker::Options settings = threadOptions();
  settings.routes[0].softTimeLimitMs = 20;
  startThreads(1, 1, std::move(settings));
  FakeThread& thread = attach();
  ASSERT_TRUE(waitUntil([&] { return thread.heard->count(EventType::kCancel) == 1; }));
  const worker::Event asked = thread.heard->all().back();
  EXPECT_TRUE(says(asked, "TimeLimitError"));
  EXPECT_TRUE(says(asked, "softTimeLimit of 20 ms"));
  thread.seat->complete(asked.job, "1");
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; })) << "a job may still come to its end";
  EXPECT_EQ(events_->count(EventType::kThreadStuck), 0U);
}

TEST_F(WorkerThreadLimitsTest, LimitsAJobFromItsBeginningOnAThread) {
  addJobs(2);
  startThreadsWithTimeLimit(2, 20);
  FakeThread& first = attach();
  ASSERT_TRUE(waitUntil([&] { return loop_->inFlight() == 2; }));
  // The other has been waiting for a thread for as long, and has none to be ended for it.
  ASSERT_TRUE(waitUntilUnwanted(1));
  const std::string waiting = first.jobs().begin()->first == "1" ? "2" : "1";
  post([](WorkerLoop& loop) { loop.threadGone(1); });
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 1));
  settle(EventType::kOrphaned);
  FakeThread& second = attach();
  ASSERT_TRUE(waitForJobs(second, 1));
  second.seat->complete(second.job(waiting), "1");
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
  EXPECT_EQ(events_->count(EventType::kOverdue), 0U);
}

TEST_F(WorkerThreadLimitsTest, GivesUpTheJobsOfAThreadThatCanNotBeEnded) {
  addJobs(3);
  server_.run({"HSET", "bull:q:1", "opts", R"({"attempts":0,"timeLimit":20})"});
  startThreads(1, 2);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitForJobs(thread, 2));
  ASSERT_TRUE(waitUntilUnwanted(1));
  post([](WorkerLoop& loop) { loop.threadStuck(1); });
  ASSERT_TRUE(waitForEvents(EventType::kOverdue, 2));
  EXPECT_TRUE(says(told(EventType::kOverdue).at("1"), "timeLimit of 20 ms"));
  EXPECT_TRUE(says(told(EventType::kOverdue).at("2"), "thread was to be ended"));
  // Whatever it says later is of no interest; once JavaScript knows, the loop goes on without it, and closes.
  thread.seat->complete(thread.job("2"), "1");
  for (const auto& [id, event] : told(EventType::kOverdue)) {
    post([job = event.job](WorkerLoop& loop) { loop.drop(job); });
  }
  FakeThread& next = attach();
  ASSERT_TRUE(waitForJobs(next, 1));
  next.seat->complete(next.job("3"), "1");
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
  post([](WorkerLoop& loop) { loop.threadGone(1); });
  close(false);
  EXPECT_EQ(active(), 2) << "left to be recovered as stalled";
  EXPECT_EQ(events_->count(EventType::kOrphaned), 0U);
}

}  // namespace
}  // namespace aurochs::test
