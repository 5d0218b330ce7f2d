// The I/O thread runs what is posted, in order, and ends only when everything on it has.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "loop/io_thread.h"
#include "loop/timer.h"

namespace aurochs {
namespace {

std::unique_ptr<IoThread> startThread() { return std::move(IoThread::start().value()); }

TEST(IoThread, RunsTasksInTheOrderOfPosting) {
  constexpr int kTasks = 10'000;
  std::vector<int> order;
  {
    const std::unique_ptr<IoThread> thread = startThread();
    for (int i = 0; i < kTasks; ++i) thread->post([&order, i] { order.push_back(i); });
  }
  ASSERT_EQ(order.size(), static_cast<size_t>(kTasks));
  for (int i = 0; i < kTasks; ++i) ASSERT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(IoThread, TakesTasksFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kTasks = 5'000;
  int runs = 0;  // I/O thread only
  {
    const std::unique_ptr<IoThread> thread = startThread();
    std::vector<std::thread> posters;
    for (int t = 0; t < kThreads; ++t) {
      posters.emplace_back([&] {
        for (int i = 0; i < kTasks; ++i) thread->post([&runs] { ++runs; });
      });
    }
    for (std::thread& poster : posters) poster.join();
  }
  EXPECT_EQ(runs, kThreads * kTasks);
}

TEST(IoThread, KnowsItself) {
  const std::unique_ptr<IoThread> thread = startThread();
  std::promise<bool> inside;
  thread->post([&] { inside.set_value(thread->isCurrent()); });
  EXPECT_TRUE(inside.get_future().get());
  EXPECT_FALSE(thread->isCurrent());
}

TEST(IoThread, RunsWhatTasksPostWhileItStops) {
  int depth = 0;
  {
    const std::unique_ptr<IoThread> thread = startThread();
    struct Chain {
      static void post(IoThread& to, int& depth) {
        to.post([&to, &depth] {
          if (++depth < 100) post(to, depth);
        });
      }
    };
    Chain::post(*thread, depth);
  }
  EXPECT_EQ(depth, 100);
}

TEST(IoThread, WaitsForHandlesThatAreClosing) {
  std::atomic<bool> closed{false};
  {
    const std::unique_ptr<IoThread> thread = startThread();
    thread->post([&] {
      auto* timer = new uv_timer_t;
      uv_timer_init(thread->loop(), timer);
      timer->data = &closed;
      uv_timer_start(
          timer,
          [](uv_timer_t* fired) {
            uv_close(reinterpret_cast<uv_handle_t*>(fired), [](uv_handle_t* handle) {
              static_cast<std::atomic<bool>*>(handle->data)->store(true);
              delete reinterpret_cast<uv_timer_t*>(handle);
            });
          },
          20, 0);
    });
  }
  EXPECT_TRUE(closed);
}

TEST(IoThread, IsSharedWhileSomebodyHoldsIt) {
  std::shared_ptr<IoThread> first = IoThread::shared().value();
  std::shared_ptr<IoThread> second = IoThread::shared().value();
  EXPECT_EQ(first, second);
  const std::weak_ptr<IoThread> watched = first;
  first.reset();
  EXPECT_FALSE(watched.expired());
  int ran = 0;
  second->post([&ran] { ++ran; });
  second.reset();  // joins
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(ran, 1);
}

TEST(IoThread, StartsAgainAfterTheLastHolder) {
  for (int i = 0; i < 50; ++i) {
    std::promise<bool> ran;
    const std::shared_ptr<IoThread> thread = IoThread::shared().value();
    thread->post([&] { ran.set_value(thread->isCurrent()); });
    ASSERT_TRUE(ran.get_future().get());
  }
}

// The process may open no further file while this lives.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoMoreFiles() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

TEST(IoThread, SaysWhyItCannotStartAndStartsLater) {
  {
    const NoMoreFiles limit;
    const auto refused = IoThread::shared();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "EMFILE");
    EXPECT_NE(refused.error().message.find("uv_loop_init"), std::string::npos) << refused.error().message;
  }
  EXPECT_TRUE(IoThread::shared().ok());
}

TEST(IoThread, IsSharedByThreadsThatComeAndGo) {
  std::atomic<int> ran{0};
  std::vector<std::thread> holders;
  for (int t = 0; t < 4; ++t) {
    holders.emplace_back([&ran] {
      for (int i = 0; i < 50; ++i) IoThread::shared().value()->post([&ran] { ++ran; });
    });
  }
  for (std::thread& holder : holders) holder.join();
  EXPECT_EQ(ran, 200);
}

#ifndef NDEBUG
TEST(IoThreadDeathTest, NamesTheHandleThatWasLeftOpen) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        const std::unique_ptr<IoThread> thread = startThread();
        thread->post([&thread] { uv_timer_init(thread->loop(), new uv_timer_t); });
      },
      "left open.* timer");
}
#endif

}  // namespace
}  // namespace aurochs
