#include "worker_fixture.h"

#include <chrono>
#include <thread>

#include "bullmq_scripts.h"

namespace aurochs::test {

namespace {

class RecordingSink final : public worker::EventSink {
 public:
  explicit RecordingSink(std::shared_ptr<RecordedEvents> events) : events_(std::move(events)) {}
  void post(worker::Event event) override { events_->add(std::move(event)); }

 private:
  std::shared_ptr<RecordedEvents> events_;
};

}  // namespace

void RecordedEvents::add(worker::Event event) {
  MutexLock lock(mutex_);
  events_.push_back(std::move(event));
}

std::vector<worker::Event> RecordedEvents::all() const {
  MutexLock lock(mutex_);
  return events_;
}

size_t RecordedEvents::count(worker::EventType type) const {
  size_t found = 0;
  for (const worker::Event& event : all()) found += event.type == type ? 1 : 0;
  return found;
}

WorkerLoopTest::WorkerLoopTest() : scripts_(loadBullmqScripts(server_)) {}

WorkerLoopTest::~WorkerLoopTest() {
  if (loop_ && events_->count(worker::EventType::kClosed) == 0) close(true);
}

void WorkerLoopTest::addJobs(int count) {
  for (int i = 0; i < count; ++i) {
    const std::string id = std::to_string(++lastJob_);
    server_.run({"HSET", "bull:q:" + id, "name", "job", "data", R"({"i":)" + id + "}", "opts", R"({"attempts":0})",
                 "timestamp", "1", "delay", "0", "priority", "0"});
    server_.run({"LPUSH", "bull:q:wait", id});
  }
  server_.run({"ZADD", "bull:q:marker", "0", "0"});
}

worker::Options WorkerLoopTest::options(FunctionProcessor::Function processor) {
  worker::Options options;
  options.queue = "q";
  options.id = "worker";
  options.commandEndpoint = server_.unixSocket();
  options.blockingEndpoint = server_.tcp();
  options.scripts = scripts_;
  if (processor) options.routes[0].processor = std::make_shared<FunctionProcessor>(std::move(processor));
  return options;
}

void WorkerLoopTest::open(worker::Options options, size_t concurrency) {
  loop_ = std::make_shared<worker::WorkerLoop>(io_, std::move(options), concurrency,
                                               std::make_unique<RecordingSink>(events_));
}

void WorkerLoopTest::start() {
  post([loop = io_->loop()](worker::WorkerLoop& self) {
    self.connect(loop);
    self.start();
  });
}

void WorkerLoopTest::post(std::function<void(worker::WorkerLoop&)> task) {
  io_->post([loop = loop_, task = std::move(task)] { task(*loop); });
}

bool WorkerLoopTest::waitUntil(const std::function<bool()>& done) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

bool WorkerLoopTest::waitForEvents(worker::EventType type, size_t count) const {
  return waitUntil([&] { return events_->count(type) >= count; });
}

void WorkerLoopTest::close(bool force) {
  post([force](worker::WorkerLoop& loop) { loop.close(force); });
  EXPECT_TRUE(waitForEvents(worker::EventType::kClosed, 1));
}

int64_t WorkerLoopTest::number(std::vector<std::string> command) const {
  return std::stoll(server_.run(std::move(command)));
}

}  // namespace aurochs::test
