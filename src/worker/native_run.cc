#include "worker/native_run.h"

#include <utility>

#include "base/clock.h"

namespace aurochs::worker {

namespace {

// Progress calls and log rows of one job on their way to Redis; a processor that is faster is told so.
constexpr int kMaxStores = 1024;

// What an I/O thread keeps of the runs that have come back, and of the texts of one.
constexpr size_t kSpares = 512;
constexpr size_t kSpareBytes = 4096;
thread_local std::vector<std::unique_ptr<NativeRun>> spares;

void keep(std::unique_ptr<NativeRun> run) {
  const pool::JobInput& input = run->input;
  if (spares.size() == kSpares) return;
  if (input.id.capacity() + input.name.capacity() + input.data.capacity() > kSpareBytes) return;
  run->processor.reset();
  run->attempt.reset();
  run->io.reset();
  run->listener.reset();
  spares.push_back(std::move(run));
}

/// On the I/O thread again.
void comeBack(std::unique_ptr<NativeRun> run) {
  const std::shared_ptr<RunListener> listener = run->listener.lock();
  const JobHandle handle = run->handle;
  pool::Outcome outcome = std::move(run->outcome);
  keep(std::move(run));
  if (listener) listener->onOutcome(handle, std::move(outcome));
}

/// What the processor says meanwhile, on its way to the I/O thread.
class Sink final : public pool::JobSink {
 public:
  explicit Sink(const NativeRun& run) : run_(run) {}

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
    std::atomic<int>& stores = run_.attempt->stores;
    if (stores.load(std::memory_order_relaxed) >= kMaxStores) return false;
    stores.fetch_add(1);
    const std::shared_ptr<IoThread> io = run_.io.lock();
    if (!io) return true;
    io->post([listener = run_.listener, handle = run_.handle, tell = std::forward<F>(tell)]() mutable {
      if (const std::shared_ptr<RunListener> target = listener.lock()) tell(*target, handle);
    });
    return true;
  }

  const NativeRun& run_;
};

/// On a thread of the pool.
void execute(std::unique_ptr<NativeRun> run) {
  Attempt& attempt = *run->attempt;
  if (attempt.startedAtMs.load() != Attempt::kUntimed) attempt.startedAtMs.store(steadyClockMs());
  // A job that was cancelled (or whose worker was closed by force) while it queued never starts.
  if (attempt.cancelled.load()) {
    run->outcome = pool::Outcome::failure("the job was cancelled before it started");
  } else {
    Sink sink(*run);
    run->outcome = run->processor->run(run->input, attempt.cancelled, sink);
  }
  if (const std::shared_ptr<IoThread> io = run->io.lock()) {
    io->post([run = std::move(run)]() mutable { comeBack(std::move(run)); });
  }
}

}  // namespace

std::unique_ptr<NativeRun> newNativeRun() {
  if (spares.empty()) return std::make_unique<NativeRun>();
  std::unique_ptr<NativeRun> run = std::move(spares.back());
  spares.pop_back();
  return run;
}

void submitNativeRuns(pool::Lane lane, std::vector<std::unique_ptr<NativeRun>> runs) {
  if (runs.empty()) return;
  const std::shared_ptr<IoThread> io = runs.front()->io.lock();
  const std::weak_ptr<RunListener> listener = runs.front()->listener;
  std::vector<JobHandle> handles;
  std::vector<Task> tasks;
  handles.reserve(runs.size());
  tasks.reserve(runs.size());
  for (std::unique_ptr<NativeRun>& run : runs) {
    handles.push_back(run->handle);
    tasks.emplace_back([run = std::move(run)]() mutable { execute(std::move(run)); });
  }
  if (pool::NativePool::shared().submitAll(lane, std::move(tasks))) return;
  for (const JobHandle handle : handles) {
    io->post([listener, handle] {
      const std::shared_ptr<RunListener> target = listener.lock();
      if (target) target->onOutcome(handle, pool::Outcome::failure("no thread could be started for the native pool"));
    });
  }
}

}  // namespace aurochs::worker
