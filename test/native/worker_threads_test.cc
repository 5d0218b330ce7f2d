// JavaScript threads at the worker loop, without JavaScript: which of them gets a job, and what becomes of it.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "worker_threads_fixture.h"

namespace aurochs::test {
namespace {

using worker::EventType;
using worker::JobHandle;
using worker::WorkerLoop;

TEST_F(WorkerThreadsTest, RunsItsJobsOnAThreadOnceOneIsThere) {
  addJobs(20);
  startThreads(1, 1);
  EXPECT_EQ(active(), 0) << "nothing is fetched that nobody could run";
  FakeThread& thread = attach();
  for (size_t i = 1; i <= 20; ++i) {
    ASSERT_TRUE(waitForJobs(thread, i));
    const worker::Event job = thread.heard->all().back();
    EXPECT_EQ(job.hash->get("name"), "job");
    ASSERT_NE(job.token, nullptr);
    EXPECT_FALSE(job.token->empty());
    thread.seat->complete(job.job, "7");
  }
  ASSERT_TRUE(waitUntil([&] { return completed() == 20; }));
  EXPECT_EQ(server_.run({"HGET", "bull:q:20", "returnvalue"}), "7");
  EXPECT_EQ(events_->count(EventType::kThreadWanted), 1U);
  close(false);
}

TEST_F(WorkerThreadsTest, AsksForAThreadForEachJobThatHasNone) {
  addJobs(5);
  startThreads(3, 1);
  FakeThread& first = attach();
  ASSERT_TRUE(waitForJobs(first, 1));
  ASSERT_TRUE(waitForEvents(EventType::kThreadWanted, 3));
  ASSERT_TRUE(waitUntil([&] { return loop_->inFlight() == 3; })) << "two of them wait for their threads";
  FakeThread& second = attach();
  FakeThread& third = attach();
  ASSERT_TRUE(waitForJobs(second, 1));
  ASSERT_TRUE(waitForJobs(third, 1));
  sync();
  for (const auto& thread : threads_) EXPECT_EQ(thread->jobs().size(), 1U);
  EXPECT_EQ(events_->count(EventType::kThreadWanted), 3U);
  EXPECT_EQ(active(), 3);
}

TEST_F(WorkerThreadsTest, FillsThreadsEvenlyAndNeverBeyondTheirLimit) {
  addJobs(10);
  startThreads(2, 3);
  FakeThread& first = attach();
  FakeThread& second = attach();
  ASSERT_TRUE(waitForJobs(first, 3));
  ASSERT_TRUE(waitForJobs(second, 3));
  sync();
  EXPECT_EQ(first.jobs().size(), 3U);
  EXPECT_EQ(second.jobs().size(), 3U);
  EXPECT_EQ(active(), 6);
  // Whoever has room gets the next.
  second.seat->complete(second.jobs().begin()->second, "1");
  ASSERT_TRUE(waitForJobs(second, 4));
  EXPECT_EQ(first.jobs().size(), 3U);
}

TEST_F(WorkerThreadsTest, TellsWhyAJobHasFailed) {
  addJobs(1);
  startThreads(1, 1);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitForJobs(thread, 1));
  thread.seat->fail(thread.job("1"), R"({"message":"on purpose"})");
  ASSERT_TRUE(waitForEvents(EventType::kFailed, 1));
  const worker::Event failed = events_->all().back();
  EXPECT_EQ(failed.text, R"({"message":"on purpose"})");
  EXPECT_NE(failed.number & worker::kFailedJson, 0);
  settle(EventType::kFailed);
  close(false);
}

TEST_F(WorkerThreadsTest, HandsCallsToTheMainThreadAndEndsTheJobAfterThem) {
  addJobs(1);
  startThreads(1, 1);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitForJobs(thread, 1));
  thread.seat->call(thread.job("1"), 5, R"({"method":"updateData"})");
  thread.seat->complete(thread.job("1"), "1");
  ASSERT_TRUE(waitForEvents(EventType::kCall, 1));
  const worker::Event call = told(EventType::kCall).at("1");
  EXPECT_EQ(call.text, R"({"method":"updateData"})");
  sync();
  EXPECT_EQ(completed(), 0) << "the call isn't through";
  post([&](WorkerLoop& loop) { loop.answer(call.job, call.number, true, "null"); });
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
}

TEST_F(WorkerThreadsTest, AnswersCallsOfJobsThatGoOn) {
  addJobs(1);
  startThreads(1, 1);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitForJobs(thread, 1));
  thread.seat->call(thread.job("1"), 7, "{}");
  ASSERT_TRUE(waitForEvents(EventType::kCall, 1));
  const worker::Event call = told(EventType::kCall).at("1");
  post([call](WorkerLoop& loop) { loop.answer(call.job, call.number + 1, true, "of another job"); });
  post([call](WorkerLoop& loop) { loop.answer(call.job, call.number, false, R"({"message":"no"})"); });
  ASSERT_TRUE(waitUntil([&] { return thread.heard->count(EventType::kAnswer) == 1; }));
  const worker::Event answer = thread.heard->all().back();
  EXPECT_EQ(answer.number, 7);
  EXPECT_FALSE(answer.flag);
  EXPECT_EQ(answer.text, R"({"message":"no"})");
  thread.seat->complete(thread.job("1"), "1");
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
}

TEST_F(WorkerThreadsTest, TakesNoMoreReportsThanItMayHoldAtOnce) {
  addJobs(1);
  startThreads(1, 1);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitForJobs(thread, 1));
  const JobHandle job = thread.job("1");
  std::promise<void> gate;
  io_->post([opened = gate.get_future().share()] { opened.wait(); });
  for (int i = 1; i < 1024; ++i) ASSERT_TRUE(thread.seat->progress(job, std::to_string(i))) << i;
  EXPECT_TRUE(thread.seat->log(job, "the last that may be on its way"));
  EXPECT_FALSE(thread.seat->progress(job, "1024"));
  EXPECT_FALSE(thread.seat->log(job, "nor this"));
  gate.set_value();
  ASSERT_TRUE(waitUntil([&] { return thread.seat->progress(job, "2000"); }));
  thread.seat->complete(job, "1");
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
  EXPECT_EQ(server_.run({"HGET", "bull:q:1", "progress"}), "2000");
  EXPECT_EQ(server_.run({"LRANGE", "bull:q:1:logs", "0", "-1"}), "[the last that may be on its way]");
}

// --- many at once ---------------------------------------------------------------------------------------------------

/// A seat on a thread of its own that does its jobs until it is told to stop, or has done `jobs` of them.
class WorkingThread {
 public:
  WorkingThread(worker::ThreadNumber number, size_t jobs) : thread_([this, number, jobs] { work(number, jobs); }) {}
  WorkingThread(const WorkingThread&) = delete;
  WorkingThread& operator=(const WorkingThread&) = delete;
  void join() { thread_.join(); }

 private:
  class Inbox final : public worker::EventSink {
   public:
    void post(worker::Event event) override {
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
      arrived_.notify_one();
    }
    worker::Event take() {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return !events_.empty(); });
      worker::Event event = std::move(events_.front());
      events_.pop_front();
      return event;
    }

   private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<worker::Event> events_;
  };

  static void work(worker::ThreadNumber number, size_t jobs) {
    const auto inbox = std::make_shared<Inbox>();
    worker::ThreadSeat seat(worker::SeatGroup::find("group").value(), number, inbox);
    for (size_t done = 0; done < jobs;) {
      const worker::Event event = inbox->take();
      if (event.type == EventType::kStop) return;
      if (event.type == EventType::kCancel) seat.cancelling(event.job);
      if (event.type != EventType::kJob) continue;
      seat.log(event.job, "row");
      seat.progress(event.job, "1");
      seat.complete(event.job, "1");
      ++done;
    }
  }

  std::thread thread_;
};

TEST_F(WorkerThreadsTest, FeedsManyThreadsThatComeAndGo) {
  constexpr int kJobs = 1500;
  constexpr worker::ThreadNumber kThreads = 4;
  addJobs(kJobs);
  startThreads(kThreads, 3);
  std::deque<WorkingThread> running;
  worker::ThreadNumber last = 0;
  for (worker::ThreadNumber i = 0; i < kThreads; ++i) running.emplace_back(++last, 20 * (i + 1));
  // The oldest ends, and leaves what it had been given meanwhile; another takes its place.
  for (int round = 0; round < 20; ++round) {
    running.front().join();
    running.pop_front();
    post([gone = last - kThreads + 1](WorkerLoop& loop) { loop.threadGone(gone); });
    running.emplace_back(++last, round < 16 ? 20 : kJobs);
    settle(EventType::kOrphaned);
    loop_->cancelAll();
    post([](WorkerLoop& loop) { loop.cancelAllRunning("", false); });
  }
  ASSERT_TRUE(waitUntil([&] {
    settle(EventType::kOrphaned);
    return number({"LLEN", "bull:q:wait"}) == 0 && loop_->inFlight() == 0;
  }));
  close(false);
  for (WorkingThread& thread : running) thread.join();
  // Each job came to one end: it is completed, or was left when its thread ended, and nobody moved it since.
  const size_t orphans = told(EventType::kOrphaned).size();
  EXPECT_EQ(completed() + static_cast<int64_t>(orphans), kJobs);
  EXPECT_EQ(active(), static_cast<int64_t>(orphans));
  EXPECT_EQ(events_->count(EventType::kOrphaned), orphans);
  EXPECT_EQ(events_->count(EventType::kCompleted), static_cast<size_t>(completed()));
  EXPECT_EQ(events_->count(EventType::kFinishRefused), 0U);
}

TEST_F(WorkerThreadsTest, IgnoresReportsOnJobsThatWereGivenUp) {
  addJobs(1);
  startThreads(1, 1);
  FakeThread& thread = attach();
  ASSERT_TRUE(waitForJobs(thread, 1));
  post([](WorkerLoop& loop) { loop.giveUp(); });
  ASSERT_TRUE(waitForEvents(EventType::kOrphaned, 1));
  settle(EventType::kOrphaned);
  EXPECT_TRUE(thread.seat->progress(thread.job("1"), "1"));
  EXPECT_TRUE(thread.seat->log(thread.job("1"), "row"));
  sync();
  close(false);
}

}  // namespace
}  // namespace aurochs::test
