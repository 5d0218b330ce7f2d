// One attempt of a job on the native pool: what goes in, and the way back to the I/O thread.
// Made on the I/O thread, run on a pool thread, its outcome posted back; a worker that is gone hears nothing.
#pragma once

#include <memory>
#include <vector>

#include "loop/io_thread.h"
#include "pool/native_pool.h"
#include "pool/processor.h"
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
  std::shared_ptr<std::atomic<bool>> cancelled;
  std::shared_ptr<std::atomic<int>> stores;           ///< See Job::stores.
  std::shared_ptr<std::atomic<int64_t>> startedAtMs;  ///< See Job::startedAtMs; may be null.
  std::weak_ptr<IoThread> io;
  std::weak_ptr<RunListener> listener;
};

/// Hands over what has gathered. Runs that the pool refuses end as failed attempts.
void submitNativeRuns(pool::Lane lane, std::vector<NativeRun> runs);

}  // namespace aurochs::worker
