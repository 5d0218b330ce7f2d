// What the tests of JavaScript threads at a worker loop share: a loop with a group, and threads that are none: a seat
// each, whose events the test reads and answers. The test stands for the main thread too. Test thread only.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "worker/thread_seat.h"
#include "worker_fixture.h"

namespace aurochs::test {

/// Remembers what comes to a seat.
class SeatSink final : public worker::EventSink {
 public:
  explicit SeatSink(std::shared_ptr<RecordedEvents> events) : events_(std::move(events)) {}
  void post(worker::Event event) override { events_->add(std::move(event)); }

 private:
  std::shared_ptr<RecordedEvents> events_;
};

/// Stands for a JavaScript thread: a seat, and what it has heard.
struct FakeThread {
  FakeThread(worker::SeatGroup group, worker::ThreadNumber number)
      : seat(std::make_unique<worker::ThreadSeat>(std::move(group), number, std::make_shared<SeatSink>(heard))) {}

  /// The handles of its jobs by their ids, whether they have ended or not.
  [[nodiscard]] std::map<std::string, worker::JobHandle> jobs() const {
    std::map<std::string, worker::JobHandle> all;
    for (const worker::Event& event : heard->all()) {
      if (event.type == worker::EventType::kJob) all.emplace(event.id, event.job);
    }
    return all;
  }
  [[nodiscard]] worker::JobHandle job(const std::string& id) const { return jobs().at(id); }
  [[nodiscard]] bool stopped() const { return heard->count(worker::EventType::kStop) > 0; }

  std::shared_ptr<RecordedEvents> heard = std::make_shared<RecordedEvents>();
  std::unique_ptr<worker::ThreadSeat> seat;
};

class WorkerThreadsTest : public WorkerLoopTest {
 protected:
  static constexpr const char* kGroup = "group";

  worker::Options threadOptions() {
    worker::Options settings = options(nullptr);
    settings.routes[0].threadGroup = kGroup;
    return settings;
  }

  /// Opens and starts the loop, which then asks for its first thread.
  void startThreads(size_t threads, size_t jobsPerThread) { startThreads(threads, jobsPerThread, threadOptions()); }
  void startThreads(size_t threads, size_t jobsPerThread, worker::Options settings) {
    const size_t concurrency = threads * jobsPerThread;
    open(std::move(settings), concurrency);
    loop_->setInterest(worker::kInterestCompleted);
    post([=, uv = io_->loop()](worker::WorkerLoop& loop) {
      loop.connect(uv);
      loop.setThreads(0, threads, jobsPerThread);
    });
    start();
    ASSERT_TRUE(waitForEvents(worker::EventType::kThreadWanted, 1));
    ASSERT_TRUE(waitForEvents(worker::EventType::kReady, 1));
  }

  /// A thread attaches under the next number, from 1.
  FakeThread& attach() {
    threads_.push_back(std::make_unique<FakeThread>(worker::SeatGroup::find(kGroup).value(), ++lastThread_));
    return *threads_.back();
  }

  /// Until the thread has been given `count` jobs in all.
  [[nodiscard]] bool waitForJobs(const FakeThread& thread, size_t count) const {
    return waitUntil([&] { return thread.heard->count(worker::EventType::kJob) >= count; });
  }

  /// Until all that was posted to the I/O thread has been done there.
  void sync() {
    std::promise<void> done;
    io_->post([&done] { done.set_value(); });
    done.get_future().wait();
  }

  /// The events of one kind, by the ids of their jobs.
  [[nodiscard]] std::map<std::string, worker::Event> told(worker::EventType type) const {
    std::map<std::string, worker::Event> found;
    for (worker::Event& event : events_->all()) {
      if (event.type == type) found.insert_or_assign(event.id, std::move(event));
    }
    return found;
  }

  /// What is over for the loop, as the main thread would: nothing more becomes of these jobs.
  void settle(worker::EventType type) {
    for (const auto& [id, event] : told(type)) {
      post([job = event.job](worker::WorkerLoop& loop) { loop.settling(job); });
      post([job = event.job](worker::WorkerLoop& loop) { loop.settled(job, 0, 0, false); });
    }
  }

  [[nodiscard]] int64_t active() const { return number({"LLEN", "bull:q:active"}); }

  worker::ThreadNumber lastThread_ = 0;
  std::vector<std::unique_ptr<FakeThread>> threads_;
};

}  // namespace aurochs::test
