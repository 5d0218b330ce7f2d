// A one-shot uv_timer_t with the lifetime of a C++ object: destroying it stops and closes the handle.
// I/O thread only; owned by whoever waits for it.
#pragma once

#include <uv.h>

#include <cstdint>

#include "base/thread_check.h"
#include "base/unique_function.h"

namespace aurochs {

class Timer {
 public:
  explicit Timer(uv_loop_t* loop);
  /// The callback is dropped, with what it captured, before this returns.
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Calls `callback` once in `delayMs`, counted from now (0: in the next iteration; from inside a timer's
  /// callback, 1 ms). Replaces what was armed before. The callback may start, stop or destroy this timer.
  void start(uint64_t delayMs, Task callback);
  void stop();
  [[nodiscard]] bool active() const;

 private:
  struct Handle;  // outlives the Timer until libuv has closed it
  static void fire(uv_timer_t* uv);

  Handle* handle_;
  ThreadCheck thread_;
};

}  // namespace aurochs
