// The jobs that a worker has in flight, in slots with generations: a handle of a job that is gone finds nothing.
// I/O thread only; owned by its worker loop.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pool/processor.h"
#include "protocol/job_hash.h"
#include "worker/attempt.h"

namespace aurochs::worker {

/// generation × 2^21 + slot: fits a JavaScript number.
using JobHandle = uint64_t;

///  (fetched) ─▶ kGated ─▶ kRunning ─▶ kFinishing ─▶ (gone, or the next job in its place)
///       └──────────────────▲  │  ▲        │  ▲
///                             │  │        ▼  └── the connection is back: sent again
///                             │  │    kUnconfirmed (its reply was lost, or it couldn't be sent)
///                             ▼  └──────────────── adopted: BullMQ fetched the next job meanwhile
///                          kSettling (BullMQ's own code moves the job on the main thread) ─▶ (gone)
enum class JobState : uint8_t { kFree, kGated, kRunning, kFinishing, kUnconfirmed, kSettling };

/// A job on a thread has a method of its Job called on the main thread.
struct ThreadCall {
  int64_t number;  ///< Of all calls of the worker.
  int64_t ofThread;
};

struct Job {
  JobState state = JobState::kFree;
  uint32_t generation = 0;
  std::string id;
  std::shared_ptr<const std::string> token;  ///< Of its lock; the jobs that were fetched together have one.
  std::shared_ptr<const protocol::JobHash> hash;
  int64_t lockedAtMs = 0;  ///< When its lock was taken or last extended, by the steady clock.
  bool announced = false;  ///< JavaScript holds a Job object for it and must hear of its end.

  size_t route = static_cast<size_t>(-1);  ///< Index of the route that runs it; -1: none.
  bool admitted = false;                   ///< Its route has room for it.
  bool ended = false;                      ///< Its attempt is over, and waits for BullMQ\'s code to take it up.
  bool overdue = false;  ///< It can\'t be stopped; its lock is given up, and its slot kept until JavaScript knows.
  uint32_t run = 0;      ///< Counts the runs of this slot: BullMQ's code may put another job into it.
  /// Of a job whose hard limit has passed: what it fails with, as JSON text.
  std::optional<std::string> limitError;

  // Of jobs that run on the native pool or on JavaScript threads:
  std::shared_ptr<Attempt> attempt;
  /// A thread's job that was cancelled before it began: the reason, JSON text or empty.
  std::optional<std::string> cancelReason;
  std::vector<ThreadCall> calls;  ///< Not answered yet.
  /// The run has ended, but some of its attempt's `stores` have not arrived yet.
  std::optional<pool::Outcome> outcome;

  // Once it is finishing:
  std::string result;
  int64_t finishedAtMs = 0;
  bool finishSent = false;  ///< moveToFinished was sent before: the reply to come may be to a repetition.
  bool fetchNext = false;
  unsigned losses = 0;  ///< Of connections, while a call that completes it was on its way.

  /// Its lock is the loop's to renew: nobody has begun to finish it.
  [[nodiscard]] bool holdsLock() const {
    return (state == JobState::kGated || state == JobState::kRunning) && !overdue;
  }
  /// A processor is at it, or about to be.
  [[nodiscard]] bool isRunning() const { return state == JobState::kRunning && !ended && !overdue; }
};

class JobTable {
 public:
  /// Slots are used again: no more of them than jobs were ever in flight at once.
  static size_t slotOf(JobHandle handle);

  JobHandle claim();
  /// The job, or null when it is gone. Valid until the next claim() or release().
  Job* find(JobHandle handle);
  void release(JobHandle handle);
  void clear();

  [[nodiscard]] size_t count() const { return count_; }

  template <typename F>
  void forEach(F&& visit) {
    for (size_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot].state != JobState::kFree) visit(handleOf(slot), slots_[slot]);
    }
  }

 private:
  [[nodiscard]] JobHandle handleOf(size_t slot) const;

  std::deque<Job> slots_;
  std::vector<size_t> free_;
  size_t count_ = 0;
};

}  // namespace aurochs::worker
