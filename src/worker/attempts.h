// The attempts that a worker's jobs make away from the event loop, by slot, so that cancelJob() can answer at once. A
// job that stalled may run twice in one worker for a while: each run has an attempt of its own.
// begin() and end(): I/O thread; the others: any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "worker/attempt.h"
#include "worker/job_table.h"

namespace aurochs::worker {

class Attempts {
 public:
  /// Of the job in that slot; in place of the one that it has made before.
  std::shared_ptr<Attempt> begin(JobHandle handle, const std::string& id) EXCLUDES(mutex_);
  /// Can no longer be cancelled. Does nothing when the job has none, or none any more.
  void end(JobHandle handle) EXCLUDES(mutex_);
  /// @returns whether the job makes one.
  bool cancel(const std::string& id) EXCLUDES(mutex_);
  void cancelAll() EXCLUDES(mutex_);

 private:
  struct Slot {
    bool running = false;
    JobHandle handle = 0;
    std::string id;
    std::shared_ptr<Attempt> attempt;  ///< Used again once nobody else has it: its fields are atomic, all of them.
  };

  Mutex mutex_;
  std::vector<Slot> slots_ GUARDED_BY(mutex_);
};

}  // namespace aurochs::worker
