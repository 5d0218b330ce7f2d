// Notices when the environment's event loop is blocked: it is asked to answer, again and again, while jobs are there.
// I/O thread only; owned by the worker loop.
#pragma once

#include <cstdint>

#include "loop/timer.h"
#include "worker/context.h"

namespace aurochs::worker {

class LoopLag {
 public:
  LoopLag(uv_loop_t* loop, Context context);

  /// Asks from now on; nothing happens without a maxLoopLag.
  void start();
  void stop() { timer_.stop(); }
  /// The event loop has answered.
  void onPong();
  /// No answer for longer than maxLoopLag: jobs on the event loop count as hung.
  [[nodiscard]] bool blocked() const;

 private:
  void ask();

  Context context_;
  Timer timer_;
  int64_t askedAtMs_ = 0;  ///< 0: every question is answered.
  bool told_ = false;
};

}  // namespace aurochs::worker
