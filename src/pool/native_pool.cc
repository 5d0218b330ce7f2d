#include "pool/native_pool.h"

#if defined(__linux__) || defined(__APPLE__)
#include <pthread.h>
#endif

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

namespace aurochs::pool {
namespace {

void nameThisThread(const char* name) {
#if defined(__linux__)
  pthread_setname_np(pthread_self(), name);
#elif defined(__APPLE__)
  pthread_setname_np(name);
#else
  (void)name;
#endif
}

}  // namespace

NativePool& NativePool::shared() {
  static NativePool* const pool = new NativePool();
  return *pool;
}

NativePool::NativePool(size_t threads, StartThread startThread)
    : startThread_(startThread), limit_(threads > 0 ? threads : availableCores()) {}

NativePool::~NativePool() {
  std::map<Lane, std::deque<Task>> dropped;
  Threads ending;
  {
    MutexLock lock(mutex_);
    dropped.swap(lanes_);
    turns_.clear();
    queued_ = 0;
    for (Thread& thread : threads_) thread.ending = true;
    ending.splice(ending.end(), threads_);
    ending.splice(ending.end(), ended_);
  }
  dropped.clear();  // not under the mutex: what tasks captured is not ours
  join(ending);
}

bool NativePool::submit(Lane lane, Task task) {
  std::vector<Task> tasks;
  tasks.push_back(std::move(task));
  return submitAll(lane, std::move(tasks));
}

bool NativePool::submitAll(Lane lane, std::vector<Task> tasks) {
  if (tasks.empty()) return true;
  std::vector<Thread*> woken;
  {
    MutexLock lock(mutex_);
    for (size_t wanted = tasks.size(); wanted > 0; --wanted) {
      if (!idle_.empty()) {
        woken.push_back(&takeIdle());
      } else if (threads_.size() >= limit_ || !startOne()) {
        break;  // the threads that there are get to the rest
      }
    }
    if (threads_.empty()) return false;
    std::deque<Task>& queue = lanes_[lane];
    if (queue.empty()) turns_.push_back(lane);
    std::move(tasks.begin(), tasks.end(), std::back_inserter(queue));
    queued_ += tasks.size();
  }
  // Without the mutex, which a woken thread takes first of all. Should it end before this, its Thread is still there.
  for (Thread* thread : woken) thread->wake.notifyOne();
  return true;
}

void NativePool::configure(size_t threads) {
  Threads ended;
  {
    MutexLock lock(mutex_);
    limit_ = std::max<size_t>(1, threads);
    while (threads_.size() > limit_ && !idle_.empty()) endIdle(ended);
    startForQueued();
    ended.splice(ended.end(), ended_);
  }
  join(ended);
}

void NativePool::releaseIdle() {
  Threads ended;
  {
    MutexLock lock(mutex_);
    while (!idle_.empty()) endIdle(ended);
    ended.splice(ended.end(), ended_);
  }
  join(ended);
}

NativePool::Stats NativePool::stats() const {
  MutexLock lock(mutex_);
  return {limit_, threads_.size(), busy_, queued_, completed_};
}

void NativePool::entry(void* thread) {
  Thread& self = *static_cast<Thread*>(thread);
  nameThisThread("aurochs-pool");
  self.pool.run(self);
}

void NativePool::run(Thread& self) {
  mutex_.lock();
  while (!self.ending) {
    if (threads_.size() > limit_) {
      retire(self);
      break;
    }
    if (queued_ == 0) {
      self.waiting = true;
      idle_.push_back(&self);
      // While tasks are short the next one is on its way, and a thread that is still awake needs no waking.
      mutex_.unlock();
      std::this_thread::yield();
      mutex_.lock();
      while (self.waiting && !self.ending) self.wake.wait(mutex_);
      continue;
    }
    Task task = takeNext();
    ++busy_;
    mutex_.unlock();
    task();
    task = nullptr;  // what it captured goes without the mutex, and before the thread counts as free
    mutex_.lock();
    --busy_;
    ++completed_;
  }
  mutex_.unlock();
}

Task NativePool::takeNext() {
  const Lane lane = turns_.front();
  turns_.pop_front();
  const auto found = lanes_.find(lane);
  Task task = std::move(found->second.front());
  found->second.pop_front();
  --queued_;
  if (found->second.empty()) {
    lanes_.erase(found);
  } else {
    turns_.push_back(lane);
  }
  return task;
}

bool NativePool::startOne() {
  if (spare_.empty()) spare_.emplace_back(*this);
  Thread& thread = spare_.front();
  thread.waiting = false;
  thread.ending = false;
  if (startThread_(&thread.handle, entry, &thread) != 0) return false;
  threads_.splice(threads_.end(), spare_, spare_.begin());
  return true;
}

void NativePool::startForQueued() {
  const size_t free = threads_.size() - std::min(busy_, threads_.size());
  for (size_t needed = queued_ - std::min(free, queued_); needed > 0 && threads_.size() < limit_; --needed) {
    if (!startOne()) return;
  }
}

/// Takes the thread that is to be woken; the caller notifies it once the mutex is free.
NativePool::Thread& NativePool::takeIdle() {
  Thread& thread = *idle_.back();
  idle_.pop_back();
  thread.waiting = false;
  return thread;
}

/// Ends the thread that has been idle for longest; the caller joins it once the mutex is free.
void NativePool::endIdle(Threads& ended) {
  Thread& thread = *idle_.front();
  idle_.erase(idle_.begin());
  thread.ending = true;
  const auto position = std::find_if(threads_.begin(), threads_.end(), [&](Thread& each) { return &each == &thread; });
  ended.splice(ended.end(), threads_, position);
}

/// A thread leaves by itself; somebody else joins it.
void NativePool::retire(Thread& self) {
  const auto position = std::find_if(threads_.begin(), threads_.end(), [&](Thread& each) { return &each == &self; });
  ended_.splice(ended_.end(), threads_, position);
}

void NativePool::join(Threads& ended) {
  for (Thread& thread : ended) thread.wake.notifyOne();
  for (Thread& thread : ended) uv_thread_join(&thread.handle);
  MutexLock lock(mutex_);
  spare_.splice(spare_.end(), ended);
}

}  // namespace aurochs::pool
