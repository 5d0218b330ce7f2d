// Moves stalled jobs (active, but nobody holds their lock) back to wait, every stalledInterval.
// I/O thread only; owned by its worker loop.
#pragma once

#include "loop/timer.h"
#include "worker/context.h"

namespace aurochs::worker {

class StalledSweep {
 public:
  StalledSweep(uv_loop_t* loop, Context context);

  /// Sweeps at once (or as soon as the connection is ready) and then at every interval. No-op with skipStalledCheck.
  void start();
  void stop();
  /// The connection is ready: sweep if a sweep is due.
  void onReady();

 private:
  void sweep();

  Context context_;
  Timer timer_;
  bool running_ = false;
  bool due_ = false;
};

}  // namespace aurochs::worker
