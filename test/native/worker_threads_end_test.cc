// JavaScript threads that end, by themselves or because the worker loop tells them to, and what becomes of their jobs.
#include <algorithm>

#include "worker_threads_fixture.h"

namespace aurochs::test {
namespace {

using worker::EventType;
using worker::WorkerLoop;

// --- those that end by themselves -----------------------------------------------------------------------------------

TEST_F(WorkerThreadsTest, OrphansTheJobsOfAThreadThatIsGone) {
  addJobs(2);
  startThreads(1, 2);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitForJobs(thread, 2));
  thread.seat.reset();
  sync();
  EXPECT_EQ(events_->count(EventType::kOrphaned), 0U) << "the main thread knows why it ended";
  post([](WorkerLoop& loop) { loop.threadGone(1); });
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 2));
  for (const auto& [id, orphan] : told(EventType::kOrphaned)) {
    EXPECT_EQ(orphan.job, thread.job(id));
    EXPECT_EQ(orphan.number, 1);
    EXPECT_EQ(orphan.text, "");
  }
  EXPECT_EQ(loop_->inFlight(), 2U) << "their locks are renewed until the main thread takes them up";
  settle(EventType::kOrphaned);
  close(false);
}

TEST_F(WorkerThreadsTest, HearsNoMoreOfAThreadThatIsGone) {
  addJobs(2);
  startThreads(1, 2);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitForJobs(thread, 2));
  post([](WorkerLoop& loop) { loop.threadGone(1); });
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 2));
  thread.seat->complete(thread.job("1"), "1");
  thread.seat->fail(thread.job("2"), R"({"message":"late"})");
  EXPECT_TRUE(thread.seat->progress(thread.job("1"), "99"));
  EXPECT_TRUE(thread.seat->log(thread.job("1"), "late"));
  thread.seat->call(thread.job("1"), 1, "{}");
  thread.seat->cancelling(thread.job("1"));
  settle(EventType::kOrphaned);
  // Also when their slots are free, or other jobs' already.
  thread.seat->complete(thread.job("1"), "1");
  EXPECT_TRUE(thread.seat->progress(thread.job("2"), "99"));
  close(false);
  EXPECT_EQ(completed(), 0);
  EXPECT_EQ(active(), 2);
  for (const EventType type : {EventType::kFailed, EventType::kCompleted, EventType::kCall}) {
    EXPECT_EQ(events_->count(type), 0U);
  }
  EXPECT_EQ(number({"EXISTS", "bull:q:1:logs"}), 0);
}

TEST_F(WorkerThreadsTest, GivesJobsThatWaitToTheThreadThatReplacesAnother) {
  addJobs(2);
  startThreads(2, 1);
  FakeThread& first = attach();
  ASSERT_TRUE(waitForJobs(first, 1));
  ASSERT_TRUE(waitForEvents(EventType::kThreadWanted, 2));
  first.seat.reset();
  post([](WorkerLoop& loop) { loop.threadGone(1); });
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 1));
  settle(EventType::kOrphaned);
  FakeThread& second = attach();
  ASSERT_TRUE(waitForJobs(second, 1));
  EXPECT_FALSE(second.jobs().contains(first.jobs().begin()->first));
  second.seat->complete(second.jobs().begin()->second, "1");
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
}

TEST_F(WorkerThreadsTest, GivesUpWhatWaitsWhenNoThreadCanBeHad) {
  addJobs(2);
  startThreads(2, 1);
  FakeThread& first = attach();
  ASSERT_TRUE(waitForJobs(first, 1));
  ASSERT_TRUE(waitUntil([&] { return loop_->inFlight() == 2; }));
  post([](WorkerLoop& loop) { loop.threadsUnavailable(0); });
  sync();
  EXPECT_EQ(events_->count(EventType::kOrphaned), 0U) << "there is one, which the other job can wait for";
  first.seat.reset();
  post([](WorkerLoop& loop) {
    loop.threadGone(1);
    loop.threadsUnavailable(0);
  });
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 2));
  const std::string ran = first.jobs().begin()->first;
  for (const auto& [id, orphan] : told(EventType::kOrphaned)) {
    EXPECT_EQ(orphan.number, id == ran ? 1 : 0);
    EXPECT_EQ(orphan.text, "");
  }
  addJobs(1);
  settle(EventType::kOrphaned);
  sync();
  EXPECT_EQ(number({"LLEN", "bull:q:wait"}), 1) << "nothing is fetched";
  FakeThread& second = attach();
  ASSERT_TRUE(waitForJobs(second, 1));
  second.seat->complete(second.job("3"), "1");
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
}

// --- those that are told to -----------------------------------------------------------------------------------------

TEST_F(WorkerThreadsTest, EndsThreadsAfterSoManyJobs) {
  addJobs(5);
  worker::Options settings = threadOptions();
  settings.routes[0].maxJobsPerThread = 2;
  startThreads(1, 1, std::move(settings));
  for (int round = 1; round <= 2; ++round) {
    FakeThread& thread = attach();
    for (size_t i = 1; i <= 2; ++i) {
      ASSERT_TRUE(waitForJobs(thread, i));
      EXPECT_FALSE(thread.stopped());
      thread.seat->complete(thread.heard->all().back().job, "1");
    }
    ASSERT_TRUE(waitUntil([&] { return thread.stopped(); }));
    ASSERT_TRUE(waitForEvents(EventType::kThreadWanted, static_cast<size_t>(round) + 1));
    EXPECT_EQ(thread.jobs().size(), 2U);
  }
  ASSERT_TRUE(waitUntil([&] { return completed() == 4; }));
}

TEST_F(WorkerThreadsTest, EndsIdleThreadsButTheLast) {
  worker::Options settings = threadOptions();
  settings.routes[0].idleTimeoutMs = 20;
  startThreads(3, 1, std::move(settings));
  for (int i = 0; i < 3; ++i) attach();
  const auto stopped = [this] {
    return std::count_if(threads_.begin(), threads_.end(), [](const auto& thread) { return thread->stopped(); });
  };
  ASSERT_TRUE(waitUntil([&] { return stopped() == 2; }));
  addJobs(1);
  const auto last = std::find_if(threads_.begin(), threads_.end(), [](const auto& each) { return !each->stopped(); });
  ASSERT_TRUE(waitForJobs(**last, 1));
  EXPECT_EQ(stopped(), 2);
}

TEST_F(WorkerThreadsTest, EndsTheYoungestThreadsWhenThereAreTooMany) {
  addJobs(3);
  startThreads(3, 1);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(waitForJobs(attach(), 1));
  post([](WorkerLoop& loop) {
    loop.setConcurrency(1);
    loop.setThreads(0, 1, 1);
  });
  sync();
  for (const auto& thread : threads_) EXPECT_FALSE(thread->stopped()) << "they finish what they have";
  for (const auto& thread : threads_) thread->seat->complete(thread->jobs().begin()->second, "1");
  ASSERT_TRUE(waitUntil([&] { return threads_[1]->stopped() && threads_[2]->stopped(); }));
  ASSERT_TRUE(waitUntil([&] { return completed() == 3; }));
  EXPECT_FALSE(threads_[0]->stopped());
}

TEST_F(WorkerThreadsTest, EndsThemAllWhenItCloses) {
  addJobs(1);
  startThreads(2, 1);
  FakeThread& busy = attach();
  ASSERT_TRUE(waitForJobs(busy, 1));
  FakeThread& idle = attach();
  post([](WorkerLoop& loop) { loop.close(false); });
  sync();
  EXPECT_EQ(events_->count(EventType::kClosed), 0U) << "a job is in flight";
  busy.seat->complete(busy.job("1"), "1");
  ASSERT_TRUE(waitForEvents(EventType::kClosed, 1));
  EXPECT_TRUE(busy.stopped());
  EXPECT_TRUE(idle.stopped());
  EXPECT_EQ(completed(), 1);
}

TEST_F(WorkerThreadsTest, IsNotFoundByThreadsThatComeTooLate) {
  startThreads(2, 1);
  const worker::SeatGroup group = worker::SeatGroup::find(kGroup).value();
  close(false);
  EXPECT_FALSE(worker::SeatGroup::find(kGroup).has_value());
  FakeThread late(group, 1);
  late.seat->complete(1, "1");
  EXPECT_TRUE(late.seat->progress(1, "1"));
  sync();
  EXPECT_TRUE(late.heard->all().empty());
  // Not even by one that outlives the loop and its I/O thread.
  loop_.reset();
  io_.reset();
  late.seat->complete(1, "1");
  late.seat.reset();
}

}  // namespace
}  // namespace aurochs::test
