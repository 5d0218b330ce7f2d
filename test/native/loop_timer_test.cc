// A timer fires once, never early, and may do anything to itself.
#include <gtest/gtest.h>
#include <uv.h>

#include <functional>
#include <memory>
#include <string>

#include "loop/timer.h"

namespace aurochs {
namespace {

class TimerTest : public testing::Test {
 protected:
  TimerTest() { uv_loop_init(&loop_); }
  ~TimerTest() override {
    run();
    EXPECT_EQ(uv_loop_close(&loop_), 0);
  }
  void run() { uv_run(&loop_, UV_RUN_DEFAULT); }

  uv_loop_t loop_;
};

TEST_F(TimerTest, FiresOnce) {
  Timer timer(&loop_);
  int fired = 0;
  timer.start(1, [&] { ++fired; });
  EXPECT_TRUE(timer.active());
  run();
  EXPECT_EQ(fired, 1);
  EXPECT_FALSE(timer.active());
}

TEST_F(TimerTest, DoesNotFireOnceStopped) {
  Timer timer(&loop_);
  int fired = 0;
  timer.start(1, [&] { ++fired; });
  timer.stop();
  EXPECT_FALSE(timer.active());
  run();
  EXPECT_EQ(fired, 0);
}

TEST_F(TimerTest, StartReplacesWhatWasArmed) {
  Timer timer(&loop_);
  std::string fired;
  timer.start(1, [&] { fired += 'a'; });
  timer.start(2, [&] { fired += 'b'; });
  run();
  EXPECT_EQ(fired, "b");
}

TEST_F(TimerTest, MayStartItselfFromItsCallback) {
  Timer timer(&loop_);
  int fired = 0;
  std::function<void()> again = [&] {
    if (++fired < 5) timer.start(0, [&] { again(); });
  };
  timer.start(0, [&] { again(); });
  run();
  EXPECT_EQ(fired, 5);
}

TEST_F(TimerTest, MayDestroyItselfInItsCallback) {
  auto timer = std::make_unique<Timer>(&loop_);
  int fired = 0;
  timer->start(0, [&] {
    timer.reset();
    ++fired;
  });
  run();
  EXPECT_EQ(fired, 1);
  EXPECT_EQ(timer, nullptr);
}

TEST_F(TimerTest, DropsItsCallbackWhenDestroyed) {
  const auto captured = std::make_shared<int>(0);
  {
    Timer timer(&loop_);
    timer.start(1, [captured] { ++*captured; });
    EXPECT_EQ(captured.use_count(), 2);
  }
  EXPECT_EQ(captured.use_count(), 1);
  run();
  EXPECT_EQ(*captured, 0);
}

TEST_F(TimerTest, CountsItsDelayFromNowAfterALongCallback) {
  Timer slow(&loop_);
  Timer timer(&loop_);
  uint64_t startedNs = 0;
  uint64_t firedNs = 0;
  constexpr uint64_t kDelayMs = 30;
  slow.start(0, [&] {
    const uint64_t begin = uv_hrtime();
    while (uv_hrtime() - begin < 2 * kDelayMs * 1'000'000) {
    }
    startedNs = uv_hrtime();
    timer.start(kDelayMs, [&] { firedNs = uv_hrtime(); });
  });
  run();
  // The loop's clock counts whole milliseconds.
  EXPECT_GE(firedNs - startedNs, (kDelayMs - 1) * 1'000'000);
}

TEST_F(TimerTest, TimersThatArmEachOtherLetTheLoopPoll) {
  Timer a(&loop_);
  Timer b(&loop_);
  int polls = 0;
  uv_check_t afterPoll;
  uv_check_init(&loop_, &afterPoll);
  afterPoll.data = &polls;
  uv_check_start(&afterPoll, [](uv_check_t* check) { ++*static_cast<int*>(check->data); });
  int rounds = 0;
  int pollsSeen = 0;
  std::function<void()> ping;
  std::function<void()> pong = [&] { a.start(0, [&] { ping(); }); };
  ping = [&] {
    if (++rounds < 20) {
      b.start(0, [&] { pong(); });
      return;
    }
    pollsSeen = polls;
    uv_close(reinterpret_cast<uv_handle_t*>(&afterPoll), nullptr);
  };
  ping();
  run();
  EXPECT_EQ(rounds, 20);
  EXPECT_GE(pollsSeen, 20);
}

}  // namespace
}  // namespace aurochs
