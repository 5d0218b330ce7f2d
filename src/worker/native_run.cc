#include "worker/native_run.h"

#include <utility>

namespace aurochs::worker {

namespace {

class Run final : public pool::JobSink {
 public:
  explicit Run(NativeRun run) : run_(std::move(run)) {}

  void execute() {
    // A job that was cancelled (or whose worker was closed by force) while it queued never starts.
    pool::Outcome outcome = run_.cancelled->load() ? pool::Outcome::failure("the job was cancelled before it started")
                                                   : run_.processor->run(run_.input, *run_.cancelled, *this);
    post([outcome = std::move(outcome)](RunListener& listener, JobHandle handle) mutable {
      listener.onOutcome(handle, std::move(outcome));
    });
  }

  void progress(std::string json) override {
    post([json = std::move(json)](RunListener& listener, JobHandle handle) mutable {
      listener.onProgress(handle, std::move(json));
    });
  }

  void log(std::string row) override {
    post([row = std::move(row)](RunListener& listener, JobHandle handle) mutable {
      listener.onLog(handle, std::move(row));
    });
  }

 private:
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

void submitNativeRun(pool::Lane lane, NativeRun run) {
  pool::NativePool::shared().submit(lane, [run = Run(std::move(run))]() mutable { run.execute(); });
}

}  // namespace aurochs::worker
