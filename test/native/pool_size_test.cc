// How many threads the pool has: on demand, changed while busy, given back, refused by the system.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "pool/native_pool.h"
#include "pool_fixture.h"

namespace aurochs::pool {
namespace {

/// Waits until the pool's numbers are what they must become. A task that counts as completed has freed its thread.
template <typename Reached>
NativePool::Stats awaitStats(const NativePool& pool, Reached reached) {
  NativePool::Stats stats = pool.stats();
  while (!reached(stats)) {
    std::this_thread::yield();
    stats = pool.stats();
  }
  return stats;
}

/// `count` tasks that wait for the gate.
void submitGated(NativePool& pool, Gate& gate, int count) {
  for (int i = 0; i < count; ++i) EXPECT_TRUE(pool.submit(1, [&gate] { gate.pass(); }));
}

TEST(PoolSize, ThreadsAreStartedOnDemandUpToTheLimit) {
  Gate gate;
  NativePool pool(3);
  EXPECT_EQ(pool.stats().started, 0u);
  submitGated(pool, gate, 1);
  gate.waitForTasks(1);
  EXPECT_EQ(pool.stats().started, 1u);
  submitGated(pool, gate, 4);
  gate.waitForTasks(3);
  const NativePool::Stats stats = pool.stats();
  EXPECT_EQ(stats.threads, 3u);
  EXPECT_EQ(stats.started, 3u);
  EXPECT_EQ(stats.busy, 3u);
  EXPECT_EQ(stats.queued, 2u);
  EXPECT_EQ(stats.completed, 0u);
  gate.open();
  awaitStats(pool, [](const auto& now) { return now.completed == 5 && now.busy == 0; });
}

TEST(PoolSize, ABatchGetsAThreadForEachTaskUpToTheLimit) {
  Gate gate;
  NativePool pool(3);
  submitGated(pool, gate, 1);
  gate.waitForTasks(1);
  std::vector<Task> tasks;
  for (int i = 0; i < 4; ++i) tasks.emplace_back([&gate] { gate.pass(); });
  EXPECT_TRUE(pool.submitAll(1, std::move(tasks)));
  gate.waitForTasks(3);
  EXPECT_EQ(pool.stats().started, 3u);
  EXPECT_EQ(pool.stats().queued, 2u);
  EXPECT_TRUE(pool.submitAll(1, {}));
  gate.open();
  awaitStats(pool, [](const auto& now) { return now.completed == 5 && now.busy == 0; });
}

TEST(PoolSize, ABatchWakesAThreadForEachTask) {
  Gate first;
  Gate second;
  NativePool pool(3);
  submitGated(pool, first, 3);
  first.waitForTasks(3);
  first.open();
  awaitStats(pool, [](const auto& now) { return now.completed == 3; });
  std::vector<Task> tasks;
  for (int i = 0; i < 3; ++i) tasks.emplace_back([&second] { second.pass(); });
  EXPECT_TRUE(pool.submitAll(1, std::move(tasks)));
  second.waitForTasks(3);  // all at once, so on three threads
  second.open();
}

TEST(PoolSize, AnIdleThreadIsUsedAgain) {
  NativePool pool(8);
  for (uint64_t i = 1; i <= 20; ++i) {
    EXPECT_TRUE(pool.submit(1, [] {}));
    awaitStats(pool, [&](const auto& now) { return now.completed == i; });
  }
  EXPECT_EQ(pool.stats().started, 1u);
}

TEST(PoolSize, TheDefaultIsTheAvailableCores) {
  NativePool pool;
  EXPECT_EQ(pool.stats().threads, availableCores());
}

TEST(PoolSize, GrowsWhileBusy) {
  Gate gate;
  NativePool pool(1);
  submitGated(pool, gate, 4);
  gate.waitForTasks(1);
  pool.configure(4);
  gate.waitForTasks(4);  // the queued ones started without another submit
  EXPECT_EQ(pool.stats().busy, 4u);
  gate.open();
}

TEST(PoolSize, ShrinksWhileBusy) {
  Gate gate;
  NativePool pool(4);
  submitGated(pool, gate, 4);
  gate.waitForTasks(4);
  Counter done;
  std::atomic<int> atOnce{0};
  std::atomic<int> most{0};
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(pool.submit(1, [&] {
      const int now = ++atOnce;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      --atOnce;
      done.add();
    }));
  }
  pool.configure(1);
  EXPECT_EQ(pool.stats().threads, 1u);
  gate.open();
  done.waitFor(50);
  EXPECT_EQ(most, 1);
  EXPECT_EQ(awaitStats(pool, [](const auto& now) { return now.busy == 0; }).started, 1u);
}

TEST(PoolSize, ShrinkingEndsIdleThreads) {
  Gate gate;
  NativePool pool(4);
  submitGated(pool, gate, 4);
  gate.waitForTasks(4);
  gate.open();
  awaitStats(pool, [](const auto& now) { return now.completed == 4; });
  pool.configure(2);
  EXPECT_EQ(pool.stats().started, 2u);
  Counter done;
  EXPECT_TRUE(pool.submit(1, [&] { done.add(); }));
  done.waitFor(1);
}

TEST(PoolSize, AtLeastOneThread) {
  NativePool pool(2);
  pool.configure(0);
  EXPECT_EQ(pool.stats().threads, 1u);
  Counter done;
  EXPECT_TRUE(pool.submit(1, [&] { done.add(); }));
  done.waitFor(1);
}

TEST(PoolSize, ReleasingEndsIdleThreadsAndLeavesBusyOnes) {
  Gate stays;
  Gate goes;
  NativePool pool(3);
  submitGated(pool, stays, 1);
  stays.waitForTasks(1);
  submitGated(pool, goes, 2);
  goes.waitForTasks(2);
  goes.open();
  awaitStats(pool, [](const auto& now) { return now.completed == 2; });
  pool.releaseIdle();
  EXPECT_EQ(pool.stats().started, 1u);
  EXPECT_EQ(pool.stats().busy, 1u);
  stays.open();
  awaitStats(pool, [](const auto& now) { return now.completed == 3; });
  pool.releaseIdle();
  EXPECT_EQ(pool.stats().started, 0u);

  Counter done;
  EXPECT_TRUE(pool.submit(1, [&] { done.add(); }));  // starts again
  done.waitFor(1);
}

TEST(PoolSize, ResizingAndReleasingUnderLoadLosesNoTask) {
  constexpr int kTasks = 5000;
  Counter done;
  std::atomic<bool> stop{false};
  NativePool pool(2);
  std::thread resizer([&] {
    for (size_t n = 0; !stop; ++n) {
      pool.configure(1 + n % 5);
      pool.releaseIdle();
    }
  });
  for (int i = 0; i < kTasks; ++i) EXPECT_TRUE(pool.submit(static_cast<Lane>(i % 3), [&] { done.add(); }));
  done.waitFor(kTasks);
  stop = true;
  resizer.join();
  EXPECT_EQ(done.value(), kTasks);
  EXPECT_EQ(pool.stats().queued, 0u);
}

TEST(PoolSize, ThreadsMayEndWhileTheyAreBeingWoken) {
  constexpr int kSubmitters = 3;
  constexpr int kRounds = 2000;
  Counter done;
  std::atomic<int> submitting{kSubmitters};
  NativePool pool(kSubmitters);
  std::thread releaser([&] {
    while (submitting > 0) pool.releaseIdle();
  });
  std::vector<std::thread> submitters;
  for (int i = 0; i < kSubmitters; ++i) {
    submitters.emplace_back([&, lane = static_cast<Lane>(i)] {
      // One task at a time: each finds a thread that sleeps, or is just ending.
      Counter ran;
      for (int round = 1; round <= kRounds; ++round) {
        EXPECT_TRUE(pool.submit(lane, [&] { ran.add(); }));
        ran.waitFor(round);
      }
      done.add(kRounds);
      --submitting;
    });
  }
  for (std::thread& submitter : submitters) submitter.join();
  releaser.join();
  EXPECT_EQ(done.value(), kSubmitters * kRounds);
}

// What the system lets the pool start; these tests run one after the other.
std::atomic<int> allowance{0};

int startWithinAllowance(uv_thread_t* thread, uv_thread_cb entry, void* argument) {
  if (allowance <= 0) return UV_EAGAIN;
  --allowance;
  return uv_thread_create(thread, entry, argument);
}

TEST(PoolSize, ARefusedThreadLeavesTheWorkToTheOthers) {
  allowance = 1;
  Counter done;
  NativePool pool(4, startWithinAllowance);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(pool.submit(1, [&] { done.add(); }));
  done.waitFor(100);
  EXPECT_EQ(pool.stats().started, 1u);
}

TEST(PoolSize, WithoutAnyThreadATaskIsRefused) {
  allowance = 0;
  Counter done;
  bool ran = false;
  NativePool pool(4, startWithinAllowance);
  auto held = std::make_shared<int>();
  EXPECT_FALSE(pool.submit(1, [&ran, held] { ran = true; }));
  EXPECT_EQ(held.use_count(), 1);  // the task is gone
  EXPECT_EQ(pool.stats().queued, 0u);
  EXPECT_EQ(pool.stats().started, 0u);

  allowance = 1;
  EXPECT_TRUE(pool.submit(1, [&] { done.add(); }));
  done.waitFor(1);
  EXPECT_FALSE(ran);
}

TEST(PoolSize, WithoutAnyThreadABatchIsRefusedAsAWhole) {
  allowance = 0;
  NativePool pool(4, startWithinAllowance);
  auto held = std::make_shared<int>();
  std::vector<Task> tasks;
  for (int i = 0; i < 3; ++i) tasks.emplace_back([held] {});
  EXPECT_FALSE(pool.submitAll(1, std::move(tasks)));
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(pool.stats().queued, 0u);
}

TEST(PoolSize, ARefusedTaskMayUseThePoolWhenItGoes) {
  allowance = 0;
  size_t queued = 1;
  struct AsksWhenDestroyed {
    AsksWhenDestroyed(NativePool& owner, size_t& answer) : pool(owner), queued(answer) {}
    ~AsksWhenDestroyed() { queued = pool.stats().queued; }
    NativePool& pool;
    size_t& queued;
  };
  NativePool pool(1, startWithinAllowance);
  EXPECT_FALSE(pool.submit(1, [held = std::make_unique<AsksWhenDestroyed>(pool, queued)] {}));
  EXPECT_EQ(queued, 0u);
}

TEST(PoolSize, ConfiguringTriesAgain) {
  allowance = 1;
  Gate gate;
  NativePool pool(4, startWithinAllowance);
  submitGated(pool, gate, 3);
  gate.waitForTasks(1);
  EXPECT_EQ(pool.stats().started, 1u);
  allowance = 4;
  pool.configure(4);
  gate.waitForTasks(3);  // all at once, so on three threads
  EXPECT_EQ(pool.stats().started, 3u);
  gate.open();
}

}  // namespace
}  // namespace aurochs::pool
