// One attempt of a job on the native pool: what goes in, and the way back to the I/O thread.
// Made on the I/O thread, run on a pool thread, its outcome posted back; a worker that is gone hears nothing.
#pragma once

#include <memory>
#include <vector>

#include "loop/io_thread.h"
#include "pool/native_pool.h"
#include "pool/processor.h"
#include "worker/attempt.h"
#include "worker/job_table.h"

namespace aurochs::worker {

/// Who hears of a run. All calls come on the I/O thread.
class RunListener {
 public:
  virtual ~RunListener() = default;
  virtual void onOutcome(JobHandle handle, pool::Outcome outcome) = 0;
  virtual void onProgress(JobHandle handle, std::string json) = 0;
  virtual void onLog(JobHandle handle, std::string row) = 0;
};

struct NativeRun {
  std::shared_ptr<const pool::Processor> processor;
  pool::JobInput input;
  JobHandle handle = 0;
  std::shared_ptr<Attempt> attempt;
  std::weak_ptr<IoThread> io;
  std::weak_ptr<RunListener> listener;
  pool::Outcome outcome;
};

/// One that has come back, whose strings have room already, or a new one. I/O thread.
std::unique_ptr<NativeRun> newNativeRun();

/// Hands over what has gathered, all of one listener. Runs that the pool refuses end as failed attempts.
void submitNativeRuns(pool::Lane lane, std::vector<std::unique_ptr<NativeRun>> runs);

}  // namespace aurochs::worker
