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

  /// Runs the jobs on the native pool; null: they are handed to JavaScript.
  std::shared_ptr<const pool::Processor> processor;
};

}  // namespace aurochs::worker
