// What the worker loop's tests share: a server with BullMQ's scripts, jobs in a queue, a loop on a real I/O thread,
// and its events on the test's thread. Test thread only, except where a member says otherwise.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "loop/io_thread.h"
#include "redis_server.h"
#include "worker/worker_loop.h"

namespace aurochs::test {

/// Remembers events. Any thread.
class RecordedEvents {
 public:
  void add(worker::Event event);
  [[nodiscard]] std::vector<worker::Event> all() const;
  [[nodiscard]] size_t count(worker::EventType type) const;

 private:
  mutable Mutex mutex_;
  std::vector<worker::Event> events_ GUARDED_BY(mutex_);
};

/// A processor made of a function, called on pool threads.
class FunctionProcessor final : public pool::Processor {
 public:
  using Function = std::function<pool::Outcome(const pool::JobInput&, const std::atomic<bool>&, pool::JobSink&)>;
  explicit FunctionProcessor(Function function) : function_(std::move(function)) {}
  pool::Outcome run(const pool::JobInput& job, const std::atomic<bool>& cancelled, pool::JobSink& sink) const override {
    return function_(job, cancelled, sink);
  }
  [[nodiscard]] std::string describe() const override { return "function (test)"; }

 private:
  Function function_;
};

class WorkerLoopTest : public testing::Test {
 protected:
  WorkerLoopTest();
  /// Closes the loop by force, if the test hasn't closed it.
  ~WorkerLoopTest() override;

  /// Adds `count` jobs to the queue's wait list, with the ids 1, 2, …
  void addJobs(int count);
  /// Options for this server; a null processor means inline.
  worker::Options options(FunctionProcessor::Function processor);
  void open(worker::Options options, size_t concurrency);
  void start();
  /// Runs `task` on the I/O thread.
  void post(std::function<void(worker::WorkerLoop&)> task);
  /// Polls until `done()`; fails the test when that takes half a minute.
  [[nodiscard]] bool waitUntil(const std::function<bool()>& done) const;
  [[nodiscard]] bool waitForEvents(worker::EventType type, size_t count) const;
  /// Closes and waits for the last event.
  void close(bool force);
  [[nodiscard]] int64_t number(std::vector<std::string> command) const;
  [[nodiscard]] int64_t completed() const { return number({"ZCARD", "bull:q:completed"}); }

  RedisServer server_;
  std::shared_ptr<IoThread> io_{std::move(IoThread::start().value())};
  std::shared_ptr<RecordedEvents> events_ = std::make_shared<RecordedEvents>();
  std::shared_ptr<const protocol::Scripts> scripts_;
  std::shared_ptr<worker::WorkerLoop> loop_;
  int lastJob_ = 0;
};

}  // namespace aurochs::test
