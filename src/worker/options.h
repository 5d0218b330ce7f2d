// A worker loop's options: BullMQ's names, validated by lib/. Times in milliseconds.
// Plain value, immutable once the loop has started.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pool/processor.h"
#include "protocol/queue_keys.h"
#include "protocol/script_options.h"
#include "protocol/scripts.h"
#include "redis/endpoint.h"

namespace aurochs::worker {

/// Which jobs a processor takes, and where it runs them: on the native pool, on JavaScript threads, or, with neither,
/// on the environment's event loop.
struct Route {
  std::string name = "*";  ///< The jobs' name; `*` takes those that no other route takes.
  std::shared_ptr<const pool::Processor> processor;
  std::string threadGroup;      ///< The name that JavaScript threads attach by. How many there are, and how many jobs
                                ///< each takes, is ThreadGroup::resize()'s.
  int64_t idleTimeoutMs = 0;    ///< Idle threads end after this time, the last one excepted. 0: never.
  size_t maxJobsPerThread = 0;  ///< Threads end after this many jobs. 0: no limit.
  size_t concurrency = 0;       ///< Of its jobs at once; 0: as many as the worker's.
  int64_t timeLimitMs = 0;      ///< How long a job may run; 0: no limit. A job's own option lowers it.
  int64_t softTimeLimitMs = 0;  ///< After this time it is asked to stop; 0: isn't.

  /// Its jobs run without the environment's event loop.
  [[nodiscard]] bool remote() const { return processor != nullptr || !threadGroup.empty(); }
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
  bool batching = true;  ///< Else BullMQ's scripts alone complete and fetch jobs, one at a time.

  int64_t maxLoopLagMs = 0;  ///< The locks of inline jobs are given up when the event loop is blocked for longer.

  std::vector<Route> routes{Route{}};
};

}  // namespace aurochs::worker
