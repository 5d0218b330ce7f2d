// What a worker loop tells its owner: jobs to run, results, and BullMQ's worker events.
// Posted on the I/O thread; the sink hands them to the thread that wants them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/job_hash.h"
#include "worker/job_table.h"

namespace aurochs::worker {

/// The numbers are known to lib/engine/events.ts too.
enum class EventType : uint8_t {
  kJob = 0,            ///< Run this job (inline), or schedule its next iteration and begin() it (`flag`).
  kActive = 1,         ///< A native job starts (asked for with Interest::kActive).
  kCompleted = 2,      ///< Finished in Redis at `number` (ms); `text`: a native job's result.
  kFinishRefused = 3,  ///< moveToFinished said no: `number` is BullMQ's code, or 0 and `text` Redis's error.
  kFailed = 4,         ///< An attempt elsewhere failed: `text` is the reason, `flag`: unrecoverable, `number`: bits.
  kProgress = 5,       ///< A native job's progress: `text` is JSON.
  kDrained = 6,
  kStalled = 7,  ///< `ids` went back to wait (or none did, when asked for with Interest::kSweeps).
  kLocksRenewed = 8,
  kLockRenewalFailed = 9,
  kError = 10,    ///< `text`, with `id` as the code.
  kReady = 11,    ///< Both connections are ready for the first time.
  kStopped = 12,  ///< Paused and nothing is in flight; `number` is pause()'s epoch.
  kClosed = 13,   ///< The last event.
  kLog = 14,      ///< A log row of a run without a worker loop: `text`.
  // To a JavaScript thread, besides kJob:
  kCancel = 15,  ///< Abort the job's signal; `text`: the reason as JSON, or empty.
  kAnswer = 16,  ///< Of call `number`. `flag`: it went well; `text`: JSON of the value or of the error.
  kStop = 17,    ///< No more jobs come: end.
  // From a group of threads to the environment that owns the worker:
  kThreadWanted = 18,     ///< Start one more for route `number`.
  kThreadStuck = 19,      ///< Terminate thread `number`, and tell whether it ended.
  kOrphaned = 20,         ///< The job's thread `number` is gone. `text`: JSON of the error it fails with, or empty.
  kCall = 21,             ///< A thread has a method of the Job called: `number` is the call, `text` {method, args}.
  kThreadForgotten = 25,  ///< Nothing more comes of thread `number`. `flag`: its end has orphaned jobs.
  // Of limits:
  kLimitPassed = 22,  ///< Inline: abort the signal with the error `text` (JSON). `flag`: the hard limit.
  kOverdue = 23,      ///< The job can't be stopped: its lock is given up. `text`: JSON of the error.
  kPing = 24,         ///< Answer, to show that the event loop isn't blocked.

  kConnectionLost = 26,  ///< The command connection, which had been ready.
};

/// Bits of kFailed's `number`.
constexpr int64_t kFailedDrained = 1;  ///< The queue is drained.
constexpr int64_t kFailedJson = 2;     ///< The reason is an error as JSON text.

struct Event {
  EventType type;
  JobHandle job = 0;
  bool flag = false;
  int64_t number = 0;
  std::string id = {};
  std::shared_ptr<const std::string> token = {};
  std::string text = {};
  std::shared_ptr<const protocol::JobHash> hash = {};
  std::vector<std::string> ids = {};
};

/// An event that carries the job; from now on JavaScript holds a Job object for it.
Event eventOf(EventType type, JobHandle handle, Job& job);

/// A worker `error` event.
Event eventOf(const Error& error);

/// Events that nobody would look at are not even made. A bit mask.
enum Interest : uint32_t {
  kInterestActive = 1,
  kInterestCompleted = 2,
  kInterestProgress = 4,
  kInterestDrained = 8,
  kInterestLocks = 16,   ///< locksRenewed; failures always are told.
  kInterestSweeps = 32,  ///< kStalled even when nothing stalled (telemetry).
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  /// I/O thread; must not block.
  virtual void post(Event event) = 0;
};

}  // namespace aurochs::worker
