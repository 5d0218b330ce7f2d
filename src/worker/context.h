// What the parts of one worker loop share.
// I/O thread only, except for `interest`; owned by the WorkerLoop, which outlives its parts.
#pragma once

#include <atomic>
#include <cstdint>

#include "redis/connection.h"
#include "worker/event.h"
#include "worker/job_table.h"
#include "worker/options.h"

namespace aurochs::worker {

struct Context {
  const Options& options;
  const protocol::QueueKeys& keys;
  JobTable& jobs;
  redis::Connection& commands;
  EventSink& sink;
  const std::atomic<uint32_t>& interest;

  [[nodiscard]] bool wants(Interest event) const { return (interest.load(std::memory_order_relaxed) & event) != 0; }

  /// The job runs without the environment's event loop.
  [[nodiscard]] bool runsElsewhere(const Job& job) const {
    return job.route < options.routes.size() && options.routes[job.route].remote();
  }

  /// Tells of `error` as a worker `error` event.
  void reportError(const Error& error) const { sink.post(eventOf(error)); }
};

}  // namespace aurochs::worker
