// How long jobs may run: asks them to stop at the soft limit, stops them at the hard one, and gives up those that
// can't be stopped. I/O thread only; owned by the worker loop.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "loop/timer.h"
#include "worker/context.h"
#include "worker/router.h"

namespace aurochs::worker {

class TimeLimits {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    /// The job is still at it although it was asked to stop, and nothing can make it. `error` is JSON text.
    virtual void onOverdue(JobHandle handle, const std::string& error) = 0;
  };

  /// What can't be stopped has this long to listen, from its hard limit on.
  static constexpr int64_t kGraceMs = 5000;

  TimeLimits(uv_loop_t* loop, Context context, Router& router, Host* host);

  /// Whether the job has a limit at all.
  [[nodiscard]] bool limits(const Job& job) const { return hardLimitMs(job) > 0 || softLimitMs(job) > 0; }
  /// A job begins. On the native pool it may still queue: Attempt::startedAtMs says when it really has begun.
  void started(JobHandle handle, const Job& job);

 private:
  enum class Kind : uint8_t { kSoft, kHard, kGrace };
  struct Limit {
    Kind kind;
    JobHandle handle;
    uint32_t run;  ///< Job::run: the slot may have a job of another run by then.
    int64_t limitMs;
  };

  [[nodiscard]] int64_t hardLimitMs(const Job& job) const;
  [[nodiscard]] int64_t softLimitMs(const Job& job) const { return context_.options.routes[job.route].softTimeLimitMs; }
  void add(int64_t dueMs, Limit limit);
  void arm();
  void tick();
  void pass(const Limit& limit, Job& job);
  [[nodiscard]] std::string error(const Job& job, const Limit& limit) const;

  Context context_;
  Router& router_;
  Host* host_;
  Timer timer_;
  std::multimap<int64_t, Limit> due_;  ///< By the steady clock, ms.
};

}  // namespace aurochs::worker
