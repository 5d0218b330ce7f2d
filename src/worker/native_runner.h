// Runs a worker's jobs on the native pool. I/O thread only; owned by the worker loop.
#pragma once

#include <memory>
#include <vector>

#include "loop/before_poll.h"
#include "worker/context.h"
#include "worker/native_run.h"
#include "worker/runner.h"

namespace aurochs::worker {

class NativeRunner final : public Runner {
 public:
  NativeRunner(uv_loop_t* loop, Context context, std::shared_ptr<const pool::Processor> processor, pool::Lane lane,
               std::weak_ptr<IoThread> io, std::weak_ptr<RunListener> listener);

  void run(JobHandle handle, Job& job) override;
  // A native processor can only be asked.
  void cancel(JobHandle, Job& job, const std::string&, bool) override { job.attempt->cancelled = true; }
  bool stop(JobHandle, Job& job, std::string) override {
    job.attempt->cancelled = true;
    return false;
  }

 private:
  Context context_;
  const std::shared_ptr<const pool::Processor> processor_;
  const pool::Lane lane_;
  const std::weak_ptr<IoThread> io_;
  const std::weak_ptr<RunListener> listener_;
  std::vector<std::unique_ptr<NativeRun>>
      runs_;  ///< Too few to be handed over at once: they are before the loop waits.
  BeforePoll handOver_;
};

}  // namespace aurochs::worker
