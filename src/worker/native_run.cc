#include "worker/native_run.h"

#include <utility>

#include "base/clock.h"

namespace aurochs::worker {

namespace {

// Progress calls and log rows of one job on their way to Redis; a processor that is faster is told so.
constexpr int kMaxStores = 1024;

class Run final : public pool::JobSink {
 public:
  explicit Run(NativeRun run) : run_(std::move(run)) {}

  void execute() {
    if (run_.startedAtMs) run_.startedAtMs->store(steadyClockMs());
    // A job that was cancelled (or whose worker was closed by force) while it queued never starts.
    pool::Outcome outcome = run_.cancelled->load() ? pool::Outcome::failure("the job was cancelled before it started")
                                                   : run_.processor->run(run_.input, *run_.cancelled, *this);
    post([outcome = std::move(outcome)](RunListener& listener, JobHandle handle) mutable {
      listener.onOutcome(handle, std::move(outcome));
    });
  }

  bool progress(std::string json) override {
    return store([json = std::move(json)](RunListener& listener, JobHandle handle) mutable {
      listener.onProgress(handle, std::move(json));
    });
  }

  bool log(std::string row) override {
    return store([row = std::move(row)](RunListener& listener, JobHandle handle) mutable {
      listener.onLog(handle, std::move(row));
    });
  }

 private:
  template <typename F>
  bool store(F&& tell) {
    if (run_.stores->load(std::memory_order_relaxed) >= kMaxStores) return false;
    run_.stores->fetch_add(1);
    post(std::forward<F>(tell));
    return true;
  }

  template <typename F>
  void post(F&& tell) {
    const std::shared_ptr<IoThread> io = run_.io.lock();
    if (!io) return;
    io->post([listener = run_.listener, handle = run_.handle, tell = std::forward<F>(tell)]() mutable {
      if (const std::shared_ptr<RunListener> target = listener.lock()) tell(*target, handle);
    });
  }

  NativeRun run_;
};

}  // namespace

void submitNativeRuns(pool::Lane lane, std::vector<NativeRun> runs) {
  struct Refused {
    std::shared_ptr<IoThread> io;
    std::weak_ptr<RunListener> listener;
    JobHandle handle;
  };
  std::vector<Refused> refused;
  std::vector<Task> tasks;
  refused.reserve(runs.size());
  tasks.reserve(runs.size());
  for (NativeRun& run : runs) {
    refused.push_back({run.io.lock(), run.listener, run.handle});
    tasks.emplace_back([run = Run(std::move(run))]() mutable { run.execute(); });
  }
  if (pool::NativePool::shared().submitAll(lane, std::move(tasks))) return;
  for (const Refused& run : refused) {
    run.io->post([listener = run.listener, handle = run.handle] {
      const std::shared_ptr<RunListener> target = listener.lock();
      if (target) target->onOutcome(handle, pool::Outcome::failure("no thread could be started for the native pool"));
    });
  }
}

}  // namespace aurochs::worker
