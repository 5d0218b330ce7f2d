// The native thread pool: runs native processors. Knows neither Redis nor JavaScript.
// Any thread; one per process. Threads are started when first needed.
#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <vector>

#include "base/mutex.h"
#include "base/unique_function.h"

namespace aurochs::pool {

/// Who is asking: tasks of different lanes take turns, whatever their number.
using Lane = uint64_t;

class NativePool {
 public:
  struct Stats {
    size_t threads;  ///< The limit, not how many are started.
    size_t started;
    size_t busy;
    size_t queued;
    uint64_t completed;  ///< Tasks run since the pool was made.
  };

  /// Starts a thread: 0, or a libuv error when the system refuses one.
  using StartThread = int (*)(uv_thread_t* thread, uv_thread_cb entry, void* argument);

  /// The process's pool. Never destroyed: a thread inside user code can't be stopped, and process exit ends it.
  static NativePool& shared();

  /// @param threads limit; 0: as many as availableCores().
  explicit NativePool(size_t threads = 0, StartThread startThread = uv_thread_create);
  /// Drops what is queued and joins the threads (waits for what runs). Nobody may submit any more.
  ~NativePool();
  NativePool(const NativePool&) = delete;
  NativePool& operator=(const NativePool&) = delete;

  /// Queues `task` behind those of its lane. A task must not throw.
  /// @returns false if there is no thread and the system refuses to start one: the task is destroyed without having
  /// run, and its owner has to say so to whoever waits for it.
  [[nodiscard]] bool submit(Lane lane, Task task) EXCLUDES(mutex_);
  /// The same for several at once, all or none: they take the mutex once, and wake no more threads than they can use.
  [[nodiscard]] bool submitAll(Lane lane, std::vector<Task> tasks) EXCLUDES(mutex_);
  /// Changes the limit of threads (at least 1); surplus threads end when their task does.
  void configure(size_t threads) EXCLUDES(mutex_);
  /// Ends and joins idle threads; threads inside a task stay and end with a later call. Never blocks on user code.
  void releaseIdle() EXCLUDES(mutex_);
  Stats stats() const EXCLUDES(mutex_);

 private:
  /// Used again after its thread has ended, and destroyed with the pool only: submit() notifies without the mutex.
  struct Thread {
    explicit Thread(NativePool& owner) : pool(owner) {}
    NativePool& pool;
    uv_thread_t handle{};
    // Guarded by the pool's mutex.
    ConditionVariable wake;
    bool waiting = false;
    bool ending = false;
  };
  using Threads = std::list<Thread>;

  static void entry(void* thread);
  void run(Thread& self) EXCLUDES(mutex_);
  Task takeNext() REQUIRES(mutex_);
  bool startOne() REQUIRES(mutex_);
  void startForQueued() REQUIRES(mutex_);
  Thread& takeIdle() REQUIRES(mutex_);
  void endIdle(Threads& ended) REQUIRES(mutex_);
  void retire(Thread& self) REQUIRES(mutex_);
  void join(Threads& ended) EXCLUDES(mutex_);

  const StartThread startThread_;

  mutable Mutex mutex_;
  std::map<Lane, std::deque<Task>> lanes_ GUARDED_BY(mutex_);  ///< Only lanes that have tasks.
  std::deque<Lane> turns_ GUARDED_BY(mutex_);                  ///< The same lanes, the next one first.
  Threads threads_ GUARDED_BY(mutex_);                         ///< Started and not told to end.
  Threads ended_ GUARDED_BY(mutex_);                           ///< Ended by themselves, still to be joined.
  Threads spare_ GUARDED_BY(mutex_);                           ///< Not started, or joined.
  std::vector<Thread*> idle_ GUARDED_BY(mutex_);               ///< Waiting; the last one to wait is woken first.
  size_t limit_ GUARDED_BY(mutex_);
  size_t busy_ GUARDED_BY(mutex_) = 0;
  size_t queued_ GUARDED_BY(mutex_) = 0;
  uint64_t completed_ GUARDED_BY(mutex_) = 0;
};

/// Cores that this process may use: the affinity mask and the cgroup's CPU quota, at least 1.
size_t availableCores();

}  // namespace aurochs::pool
