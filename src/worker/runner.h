// Where a worker's jobs run: the native pool, JavaScript threads, or the environment's event loop.
// I/O thread only; owned by the worker loop.
#pragma once

#include <cstddef>
#include <string>

#include "worker/job_table.h"

namespace aurochs::worker {

class Runner {
 public:
  virtual ~Runner() = default;
  /// Whether a job could be run at all: false keeps the loop from fetching.
  [[nodiscard]] virtual bool ready() const { return true; }
  /// Runs a job that is kRunning. Its outcome comes later, never from inside this call.
  virtual void run(JobHandle handle, Job& job) = 0;
  /// Asks a running job to stop; `reason` is JSON text or empty. It may take its time, or not listen at all. With
  /// `insist`, what can't even hear of it is stopped.
  virtual void cancel(JobHandle handle, Job& job, const std::string& reason, bool insist) = 0;
  /// A limit is passed and the job must end: its error will be `error` (JSON text).
  /// @returns false when it can't be made to; it has been asked.
  virtual bool stop(JobHandle handle, Job& job, std::string error) = 0;
};

}  // namespace aurochs::worker
