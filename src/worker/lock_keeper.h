// Renews the locks of the jobs in flight, all that are due in one extendLocks call.
// I/O thread only; owned by its worker loop. No JavaScript can hold it up.
#pragma once

#include "loop/timer.h"
#include "worker/context.h"
#include "worker/loop_lag.h"

namespace aurochs::worker {

class LockKeeper {
 public:
  /// @param lag locks of jobs on a blocked event loop are left to run out; outlives this.
  LockKeeper(uv_loop_t* loop, Context context, const LoopLag& lag);

  /// As BullMQ's LockManager: looks every lockRenewTime / 2 for locks as old as that. No-op with skipLockRenewal.
  void start();
  void stop();
  /// Renews what is due now: after a reconnect.
  void renewDue();

 private:
  void arm();
  void onRenewed(const std::vector<JobHandle>& handles, Result<redis::ReplyView> result);

  Context context_;
  const LoopLag& lag_;
  Timer timer_;
  bool running_ = false;
  bool renewing_ = false;
};

}  // namespace aurochs::worker
