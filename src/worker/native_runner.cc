#include "worker/native_runner.h"

#include <utility>

namespace aurochs::worker {

namespace {

// Runs that are handed over together: a reply's. Where each reply brings one job, and many come at once, a few at a
// time, else Redis would wait for their results while the loop waits for Redis.
constexpr size_t kOfBatches = 64;
constexpr size_t kOfSingleJobs = 3;

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
  std::unique_ptr<NativeRun> run = newNativeRun();
  const std::string_view data = job.hash->get("data");
  run->processor = processor_;
  run->input.id = job.id;
  run->input.name = job.hash->get("name");
  run->input.queue = context_.options.queue;
  run->input.data = data.empty() ? "{}" : data;
  run->input.attemptsMade = job.hash->integer("atm");
  run->handle = handle;
  run->attempt = job.attempt;
  run->io = io_;
  run->listener = listener_;
  // Not one by one: to wake a thread for each costs more than the rest of a small job.
  runs_.push_back(std::move(run));
  if (runs_.size() >= (context_.options.batching ? kOfBatches : kOfSingleJobs)) {
    submitNativeRuns(lane_, std::exchange(runs_, {}));
  } else {
    handOver_.arm();
  }
}

}  // namespace aurochs::worker
