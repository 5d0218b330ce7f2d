// The pool runs every task once, fairly among lanes, and gives them back when it goes.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "pool/native_pool.h"
#include "pool_fixture.h"

namespace aurochs::pool {
namespace {

TEST(PoolRun, EveryTaskRunsOnce) {
  constexpr int kLanes = 4;
  constexpr int kTasks = 2000;
  std::vector<std::atomic<int>> runs(kLanes * kTasks);
  Counter done;
  NativePool pool(3);
  std::vector<std::thread> submitters;
  for (int lane = 0; lane < kLanes; ++lane) {
    submitters.emplace_back([&, lane] {
      for (int i = 0; i < kTasks; ++i) {
        EXPECT_TRUE(pool.submit(static_cast<Lane>(lane), [&, at = lane * kTasks + i] {
          ++runs[static_cast<size_t>(at)];
          done.add();
        }));
      }
    });
  }
  for (std::thread& submitter : submitters) submitter.join();
  done.waitFor(kLanes * kTasks);
  for (const auto& run : runs) ASSERT_EQ(run, 1);
  EXPECT_EQ(pool.stats().queued, 0u);
  EXPECT_LE(pool.stats().started, 3u);
}

TEST(PoolRun, ALaneKeepsItsOrderOnOneThread) {
  NativePool pool(1);
  std::vector<int> order;  // one thread writes it
  Counter done;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(pool.submit(1, [&, i] {
      order.push_back(i);
      done.add();
    }));
  }
  done.waitFor(100);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(PoolRun, ALongLaneDoesNotStarveAnother) {
  NativePool pool(1);
  Gate gate;
  Counter ofTheLong;
  Counter done;
  int ranBefore = -1;
  EXPECT_TRUE(pool.submit(1, [&] { gate.pass(); }));
  gate.waitForTasks(1);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(pool.submit(1, [&] {
      ofTheLong.add();
      done.add();
    }));
  }
  EXPECT_TRUE(pool.submit(2, [&] {
    ranBefore = ofTheLong.value();
    done.add();
  }));
  gate.open();
  done.waitFor(10'001);
  EXPECT_EQ(ranBefore, 1);
}

TEST(PoolRun, LanesTakeTurns) {
  NativePool pool(1);
  Gate gate;
  std::string order;  // one thread writes it
  Counter done;
  EXPECT_TRUE(pool.submit(9, [&] { gate.pass(); }));
  gate.waitForTasks(1);
  for (const char lane : std::string("aaabbc")) {
    EXPECT_TRUE(pool.submit(static_cast<Lane>(lane), [&, lane] {
      order += lane;
      done.add();
    }));
  }
  gate.open();
  done.waitFor(6);
  EXPECT_EQ(order, "abcaba");
}

TEST(PoolRun, ATaskMaySubmit) {
  NativePool pool(1);
  Counter done;
  EXPECT_TRUE(pool.submit(1, [&] {
    EXPECT_TRUE(pool.submit(1, [&] { done.add(); }));
    done.add();
  }));
  done.waitFor(2);
}

TEST(PoolRun, WhatATaskCapturedMayUseThePoolWhenItGoes) {
  NativePool pool(1);
  Counter done;
  struct SubmitsWhenDestroyed {
    SubmitsWhenDestroyed(NativePool& owner, Counter& counter) : pool(owner), done(counter) {}
    ~SubmitsWhenDestroyed() {
      EXPECT_TRUE(pool.submit(1, [&counter = done] { counter.add(); }));
    }
    NativePool& pool;
    Counter& done;
  };
  EXPECT_TRUE(pool.submit(1, [held = std::make_unique<SubmitsWhenDestroyed>(pool, done)] {}));
  done.waitFor(1);
}

TEST(PoolRun, TheDestructorDropsWhatIsQueuedAndJoinsWhatRuns) {
  Gate gate;
  bool finished = false;  // the join orders it
  bool queuedRan = false;
  struct OpensWhenDropped {
    explicit OpensWhenDropped(Gate& opened) : gate(opened) {}
    ~OpensWhenDropped() { gate.open(); }
    Gate& gate;
  };
  {
    NativePool pool(1);
    EXPECT_TRUE(pool.submit(1, [&] {
      gate.pass();
      finished = true;
    }));
    gate.waitForTasks(1);
    EXPECT_TRUE(pool.submit(1, [&, held = std::make_unique<OpensWhenDropped>(gate)] { queuedRan = true; }));
  }
  EXPECT_TRUE(finished);
  EXPECT_FALSE(queuedRan);
}

TEST(PoolRun, ThreadsAreNamed) {
#if defined(__linux__)
  NativePool pool(1);
  Counter done;
  std::string name;
  EXPECT_TRUE(pool.submit(1, [&] {
    char buffer[16] = {};
    pthread_getname_np(pthread_self(), buffer, sizeof buffer);
    name = buffer;
    done.add();
  }));
  done.waitFor(1);
  EXPECT_EQ(name, "aurochs-pool");
#endif
}

}  // namespace
}  // namespace aurochs::pool
