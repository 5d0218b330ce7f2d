// The worker loop on a real I/O thread, a real Redis and BullMQ's real scripts, without Node.

#include <atomic>

#include "worker_fixture.h"

namespace aurochs::test {
namespace {

using pool::Outcome;
using worker::EventType;
using worker::WorkerLoop;

FunctionProcessor::Function returning(std::string json) {
  return [json = std::move(json)](const pool::JobInput&, const std::atomic<bool>&, pool::JobSink&) {
    return Outcome::success(json);
  };
}

// Runs until somebody cancels it.
Outcome untilCancelled(const pool::JobInput&, const std::atomic<bool>& cancelled, pool::JobSink&) {
  while (!cancelled) std::this_thread::yield();
  return Outcome::failure("cancelled");
}

TEST_F(WorkerLoopTest, CompletesEveryJobAndStoresResults) {
  addJobs(500);
  open(options(returning(R"({"ok":true})")), 8);
  start();
  ASSERT_TRUE(waitUntil([&] { return completed() == 500; }));
  EXPECT_EQ(number({"LLEN", "bull:q:active"}), 0);
  EXPECT_EQ(server_.run({"HGET", "bull:q:77", "returnvalue"}), R"({"ok":true})");
  EXPECT_EQ(server_.run({"HGET", "bull:q:77", "atm"}), "1");
  EXPECT_EQ(number({"EXISTS", "bull:q:77:lock"}), 0);
  close(false);
  EXPECT_EQ(events_->count(EventType::kCompleted), 0U) << "nobody asked for it";
}

TEST_F(WorkerLoopTest, PicksUpWhatIsAddedWhileItWaits) {
  open(options(returning("1")), 2);
  post([](WorkerLoop& loop) { loop.setInterest(worker::kInterestDrained); });
  start();
  for (int round = 1; round <= 5; ++round) {
    addJobs(3);
    ASSERT_TRUE(waitUntil([&] { return completed() == 3 * round; }));
  }
  close(false);
  EXPECT_GE(events_->count(EventType::kDrained), 1U);
}

TEST_F(WorkerLoopTest, NeverHasMoreInFlightThanConcurrency) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  addJobs(300);
  open(options([&](const pool::JobInput&, const std::atomic<bool>&, pool::JobSink&) {
         const int now = ++running;
         int seen = most;
         while (now > seen && !most.compare_exchange_weak(seen, now)) {
         }
         --running;
         return Outcome::success("null");
       }),
       2);
  start();
  ASSERT_TRUE(waitUntil([&] { return completed() == 300; }));
  close(false);
  EXPECT_LE(most, 2);
}

TEST_F(WorkerLoopTest, HandsInlineJobsOutAndTakesResultsBack) {
  addJobs(20);
  open(options(nullptr), 4);
  start();
  size_t answered = 0;
  ASSERT_TRUE(waitUntil([&] {
    const std::vector<worker::Event> all = events_->all();
    for (; answered < all.size(); ++answered) {
      if (all[answered].type != EventType::kJob) continue;
      EXPECT_EQ(all[answered].hash->get("name"), "job");
      post([job = all[answered].job](WorkerLoop& loop) { loop.complete(job, "7"); });
    }
    return completed() == 20;
  }));
  close(false);
  EXPECT_EQ(events_->count(EventType::kCompleted), 20U);
}

TEST_F(WorkerLoopTest, RenewsLocksWhileAJobRuns) {
  std::atomic<bool> done{false};
  addJobs(1);
  worker::Options settings = options([&](const pool::JobInput&, const std::atomic<bool>&, pool::JobSink&) {
    while (!done) std::this_thread::yield();
    return Outcome::success("null");
  });
  settings.settings.lockDurationMs = 200;
  settings.lockRenewTimeMs = 100;
  open(std::move(settings), 1);
  loop_->setInterest(worker::kInterestLocks);
  start();
  ASSERT_TRUE(waitForEvents(EventType::kLocksRenewed, 5));
  EXPECT_EQ(number({"EXISTS", "bull:q:1:lock"}), 1);
  done = true;
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
  close(false);
  EXPECT_EQ(events_->count(EventType::kLockRenewalFailed), 0U);
}

TEST_F(WorkerLoopTest, TellsOfALockThatIsNoLongerItsOwn) {
  addJobs(1);
  worker::Options settings = options(untilCancelled);
  settings.lockRenewTimeMs = 50;
  open(std::move(settings), 1);
  start();
  ASSERT_TRUE(waitUntil([&] { return number({"EXISTS", "bull:q:1:lock"}) == 1; }));
  server_.run({"SET", "bull:q:1:lock", "somebody else"});
  ASSERT_TRUE(waitForEvents(EventType::kLockRenewalFailed, 1));
  EXPECT_EQ(events_->all().back().ids, std::vector<std::string>{"1"});
  EXPECT_TRUE(loop_->cancel("1"));
  ASSERT_TRUE(waitForEvents(EventType::kFailed, 1));
}

TEST_F(WorkerLoopTest, SweepsStalledJobsBackToWait) {
  addJobs(1);
  server_.run({"RPOPLPUSH", "bull:q:wait", "bull:q:active"});
  server_.run({"SADD", "bull:q:stalled", "1"});
  worker::Options settings = options(returning("1"));
  settings.stalledIntervalMs = 50;
  open(std::move(settings), 1);
  start();
  ASSERT_TRUE(waitForEvents(EventType::kStalled, 1));
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
  close(false);
}

TEST_F(WorkerLoopTest, PausesWhenItsJobsAreDoneAndGoesOnAfterwards) {
  std::atomic<bool> open1{false};
  addJobs(3);
  open(options([&](const pool::JobInput&, const std::atomic<bool>&, pool::JobSink&) {
         while (!open1) std::this_thread::yield();
         return Outcome::success("null");
       }),
       1);
  start();
  ASSERT_TRUE(waitUntil([&] { return loop_->inFlight() == 1; }));
  post([](WorkerLoop& loop) { loop.pause(42); });
  open1 = true;
  ASSERT_TRUE(waitForEvents(EventType::kStopped, 1));
  EXPECT_EQ(events_->all().back().number, 42);
  EXPECT_EQ(completed(), 1);
  start();
  ASSERT_TRUE(waitUntil([&] { return completed() == 3; }));
  close(false);
}

TEST_F(WorkerLoopTest, StoresProgressAndLogsBeforeItCompletes) {
  addJobs(1);
  open(options([](const pool::JobInput&, const std::atomic<bool>&, pool::JobSink& sink) {
         sink.progress("50");
         sink.log("half way");
         return Outcome::success("null");
       }),
       1);
  loop_->setInterest(worker::kInterestProgress | worker::kInterestCompleted);
  start();
  ASSERT_TRUE(waitForEvents(EventType::kCompleted, 1));
  EXPECT_EQ(server_.run({"HGET", "bull:q:1", "progress"}), "50");
  EXPECT_EQ(server_.run({"LRANGE", "bull:q:1:logs", "0", "-1"}), "[half way]");
  EXPECT_EQ(events_->count(EventType::kProgress), 1U);
  close(false);
}

TEST_F(WorkerLoopTest, GoesOnAfterTheScriptCacheIsFlushed) {
  addJobs(400);
  open(options(returning("1")), 4);
  start();
  ASSERT_TRUE(waitUntil([&] { return completed() > 20; }));
  server_.run({"SCRIPT", "FLUSH"});
  ASSERT_TRUE(waitUntil([&] { return completed() == 400; }));
  close(false);
}

TEST_F(WorkerLoopTest, LosesNothingWhenItsConnectionsAreCut) {
  addJobs(2000);
  open(options(returning("1")), 8);
  start();
  for (int cut = 0; cut < 5; ++cut) {
    const int64_t before = completed();
    ASSERT_TRUE(waitUntil([&] { return completed() > before || completed() == 2000; }));
    server_.run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
  }
  // A job whose fetch was cut off stays active until its lock runs out; the others are all completed, once each.
  ASSERT_TRUE(waitUntil([&] {
    return number({"LLEN", "bull:q:wait"}) == 0 && completed() + number({"LLEN", "bull:q:active"}) == 2000 &&
           loop_->inFlight() == 0;
  }));
  close(false);
  for (const worker::Event& event : events_->all()) {
    EXPECT_NE(event.type, EventType::kFinishRefused) << event.id << " " << event.number << " " << event.text;
  }
}

TEST_F(WorkerLoopTest, WaitsAgainAfterItsWaitWasUnblocked) {
  open(options([](auto&...) { return pool::Outcome::success("1"); }), 1);
  start();
  const auto blocked = [&] {
    const std::string clients = server_.run({"CLIENT", "LIST"});
    const size_t at = clients.find("cmd=bzpopmin");
    return at == std::string::npos ? std::string() : clients.substr(0, at);
  };
  std::string before;
  ASSERT_TRUE(waitUntil([&] { return !(before = blocked()).empty(); }));
  const size_t id = before.rfind("id=");
  server_.run({"CLIENT", "UNBLOCK", before.substr(id + 3, before.find(' ', id) - id - 3), "ERROR"});
  addJobs(1);
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
  close(false);
  EXPECT_EQ(events_->count(worker::EventType::kError), 0U);
}

TEST_F(WorkerLoopTest, FinishesOnceTheServerTakesItAgain) {
  std::atomic<bool> go{false};
  open(options([&](auto&...) {
         while (!go.load()) std::this_thread::yield();
         return pool::Outcome::success("1");
       }),
       1);
  start();
  addJobs(1);
  ASSERT_TRUE(waitUntil([&] { return number({"LLEN", "bull:q:active"}) == 1; }));
  server_.run({"ACL", "SETUSER", "default", "-evalsha", "-eval"});
  go.store(true);
  ASSERT_TRUE(waitForEvents(worker::EventType::kError, 1));
  EXPECT_EQ(completed(), 0);
  server_.run({"ACL", "SETUSER", "default", "+evalsha", "+eval"});
  ASSERT_TRUE(waitUntil([&] { return completed() == 1; }));
  EXPECT_EQ(number({"LLEN", "bull:q:active"}), 0);
  EXPECT_EQ(events_->count(worker::EventType::kFinishRefused), 0U);
  close(false);
}

TEST_F(WorkerLoopTest, ClosesByForceWhileJobsRun) {
  addJobs(4);
  open(options(untilCancelled), 4);
  start();
  ASSERT_TRUE(waitUntil([&] { return loop_->inFlight() == 4; }));
  close(true);
  EXPECT_EQ(number({"LLEN", "bull:q:active"}), 4) << "left to be recovered as stalled";
}

TEST_F(WorkerLoopTest, ClosesBeforeItHasStartedAndWhileItConnects) {
  open(options(returning("1")), 1);
  close(false);
}

TEST_F(WorkerLoopTest, ClosesWhileThereIsNoServer) {
  worker::Options settings = options(returning("1"));
  server_.kill();
  open(std::move(settings), 1);
  start();
  ASSERT_TRUE(waitForEvents(EventType::kError, 1));
  close(false);
}

TEST_F(WorkerLoopTest, FailsWhatMayNotRunAtAll) {
  addJobs(2);
  server_.run({"HSET", "bull:q:1", "defa", "a child failed"});
  server_.run({"HSET", "bull:q:2", "ats", "3"});
  worker::Options settings = options(returning("1"));
  settings.maxStartedAttempts = 2;
  open(std::move(settings), 2);
  start();
  ASSERT_TRUE(waitForEvents(EventType::kFailed, 2));
  for (const worker::Event& event : events_->all()) {
    if (event.type != EventType::kFailed) continue;
    EXPECT_TRUE(event.flag);
    EXPECT_EQ(event.text, event.id == "1" ? "a child failed" : "job started more than allowable limit");
    post([job = event.job](WorkerLoop& loop) { loop.settling(job); });
    post([job = event.job](WorkerLoop& loop) { loop.settled(job, 0, 0, false); });
  }
  close(false);
}

}  // namespace
}  // namespace aurochs::test
