// What the tests of the pool share: waiting for a condition that another thread makes true.
#pragma once

#include <functional>

#include "base/mutex.h"

namespace aurochs::pool {

/// A number that threads change and wait for.
class Counter {
 public:
  void add(int by = 1) {
    MutexLock lock(mutex_);
    value_ += by;
    changed_.notifyAll();
  }
  void waitFor(int value) {
    MutexLock lock(mutex_);
    while (value_ < value) changed_.wait(mutex_);
  }
  int value() {
    MutexLock lock(mutex_);
    return value_;
  }

 private:
  Mutex mutex_;
  ConditionVariable changed_;
  int value_ GUARDED_BY(mutex_) = 0;
};

/// Holds tasks until it is opened.
class Gate {
 public:
  void open() { opened_.add(); }
  /// Called by a task: says that it is here and waits.
  void pass() {
    waiting_.add();
    opened_.waitFor(1);
  }
  void waitForTasks(int count) { waiting_.waitFor(count); }

 private:
  Counter waiting_;
  Counter opened_;
};

}  // namespace aurochs::pool
