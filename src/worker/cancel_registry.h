// The cancel flags of a worker's native jobs by job id, so that cancelJob() can answer at once.
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
  void remove(const std::string& id) EXCLUDES(mutex_);
  /// @returns whether the job is in flight.
  bool cancel(const std::string& id) EXCLUDES(mutex_);
  void cancelAll() EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  std::unordered_map<std::string, Flag> flags_ GUARDED_BY(mutex_);
};

}  // namespace aurochs::worker
