// A worker loop's options: BullMQ's names, validated by lib/. Times in milliseconds.
// Plain value, immutable once the loop has started.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pool/processor.h"
#include "protocol/queue_keys.h"
#include "protocol/script_options.h"
#include "protocol/scripts.h"
#include "redis/endpoint.h"

namespace aurochs::worker {

/// Of JavaScript threads. How many there are and how many jobs each takes is ThreadGroup::resize()'s.
struct ThreadOptions {
  bool enabled = false;
  std::string group;            ///< The name that threads attach by.
  int64_t idleTimeoutMs = 0;    ///< Idle threads end after this time, the last one excepted. 0: never.
  size_t maxJobsPerThread = 0;  ///< Threads end after this many jobs. 0: no limit.
};

struct Options {
  std::string queue;
  std::string prefix = "bull";
  std::string id;  ///< The worker's UUID: lock tokens are `<id>:<n>`.
  redis::Endpoint commandEndpoint;
  redis::Endpoint blockingEndpoint;
  std::shared_ptr<const protocol::Scripts> scripts;
  protocol::ScriptSettings settings;

  int64_t lockRenewTimeMs = 15000;
  bool skipLockRenewal = false;
  int64_t stalledIntervalMs = 30000;
  int64_t maxStalledCount = 1;
  bool skipStalledCheck = false;
  int64_t maxStartedAttempts = 0;  ///< 0: no limit.
  int64_t drainDelayMs = 5000;
  int64_t maximumRateLimitDelayMs = 30000;
  int64_t runRetryDelayMs = 15000;

  int64_t timeLimitMs = 0;      ///< How long a job may run; 0: no limit. A job's own option lowers it.
  int64_t softTimeLimitMs = 0;  ///< After this time it is asked to stop; 0: isn't.
  int64_t maxLoopLagMs = 0;     ///< The locks of inline jobs are given up when the event loop is blocked for longer.

  /// Runs the jobs on the native pool; null: on JavaScript threads if they are enabled, else on the event loop.
  std::shared_ptr<const pool::Processor> processor;
  ThreadOptions threads;

  /// Jobs run without the environment's event loop.
  [[nodiscard]] bool remote() const { return processor != nullptr || threads.enabled; }
};

}  // namespace aurochs::worker
