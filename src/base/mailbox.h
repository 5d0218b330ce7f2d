// The one way in which threads meet: many producers push, one consumer swaps the whole vector out.
// Any thread may push; one thread drains.
#pragma once

#include <utility>
#include <vector>

#include "base/mutex.h"

namespace aurochs {

template <typename T>
class Mailbox {
 public:
  /// @returns true when the mailbox went from empty to non-empty: the caller wakes the consumer.
  [[nodiscard]] bool push(T item) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    items_.push_back(std::move(item));
    return items_.size() == 1;
  }

  /// Swaps everything out into `batch` (cleared first; its capacity is reused).
  void drain(std::vector<T>& batch) EXCLUDES(mutex_) {
    batch.clear();
    MutexLock lock(mutex_);
    batch.swap(items_);
  }

 private:
  Mutex mutex_;
  std::vector<T> items_ GUARDED_BY(mutex_);
};

}  // namespace aurochs
