// The cancel flags of a worker's native jobs by job id, so that cancelJob() can answer at once. A job that stalled
// may run twice in one worker for a while: each run has a flag of its own.
// Any thread.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/mutex.h"

namespace aurochs::worker {

class CancelRegistry {
 public:
  using Flag = std::shared_ptr<std::atomic<bool>>;

  Flag add(const std::string& id) EXCLUDES(mutex_);
  void remove(const std::string& id, const Flag& flag) EXCLUDES(mutex_);
  /// @returns whether the job is in flight.
  bool cancel(const std::string& id) EXCLUDES(mutex_);
  void cancelAll() EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  std::unordered_multimap<std::string, Flag> flags_ GUARDED_BY(mutex_);
};

}  // namespace aurochs::worker
