#include "worker/native_runner.h"

#include <utility>

namespace aurochs::worker {

namespace {

constexpr size_t kHandOver = 3;  ///< Runs that one wake-up of a thread pays for.

}  // namespace

NativeRunner::NativeRunner(uv_loop_t* loop, Context context, std::shared_ptr<const pool::Processor> processor,
                           pool::Lane lane, std::weak_ptr<IoThread> io, std::weak_ptr<RunListener> listener)
    : context_(context),
      processor_(std::move(processor)),
      lane_(lane),
      io_(std::move(io)),
      listener_(std::move(listener)),
      handOver_(loop, [this] { submitNativeRuns(lane_, std::exchange(runs_, {})); }) {}

void NativeRunner::run(JobHandle handle, Job& job) {
  NativeRun run;
  run.processor = processor_;
  run.input.id = job.id;
  run.input.name = std::string(job.hash->get("name"));
  run.input.queue = context_.options.queue;
  run.input.data = job.hash->has("data") ? std::string(job.hash->get("data")) : "{}";
  run.input.attemptsMade = job.hash->integer("atm");
  run.handle = handle;
  run.cancelled = job.cancelled;
  run.stores = job.stores;
  run.startedAtMs = job.startedAtMs;
  run.io = io_;
  run.listener = listener_;
  // A few at a time: waking a thread for each costs more than the rest of a small job, and waiting for all that this
  // iteration of the loop fetches would have Redis wait for their results, and the loop for Redis.
  runs_.push_back(std::move(run));
  if (runs_.size() >= kHandOver) {
    submitNativeRuns(lane_, std::exchange(runs_, {}));
  } else {
    handOver_.arm();
  }
}

}  // namespace aurochs::worker
