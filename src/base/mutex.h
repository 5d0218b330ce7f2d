// std::mutex with clang's thread-safety annotations, so that -Wthread-safety checks what is guarded by what.
// Any thread.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define AUROCHS_ANNOTATE(x) __attribute__((x))
#else
#define AUROCHS_ANNOTATE(x)
#endif

#define GUARDED_BY(mutex) AUROCHS_ANNOTATE(guarded_by(mutex))
#define REQUIRES(mutex) AUROCHS_ANNOTATE(requires_capability(mutex))
#define EXCLUDES(mutex) AUROCHS_ANNOTATE(locks_excluded(mutex))

namespace aurochs {

class AUROCHS_ANNOTATE(capability("mutex")) Mutex {
 public:
  void lock() AUROCHS_ANNOTATE(acquire_capability()) { mutex_.lock(); }
  void unlock() AUROCHS_ANNOTATE(release_capability()) { mutex_.unlock(); }

 private:
  friend class ConditionVariable;
  std::mutex mutex_;
};

class AUROCHS_ANNOTATE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) AUROCHS_ANNOTATE(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() AUROCHS_ANNOTATE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// Wait with the mutex held; re-check the condition in a loop.
class ConditionVariable {
 public:
  void wait(Mutex& mutex) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  void notifyOne() { condition_.notify_one(); }
  void notifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace aurochs
