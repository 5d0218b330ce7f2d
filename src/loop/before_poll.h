// Runs a callback once, when the loop has handled everything there is and is about to wait: for work that gathers.
// I/O thread only; owned by whoever gathers.
#pragma once

#include <uv.h>

#include "base/thread_check.h"
#include "base/unique_function.h"

namespace aurochs {

class BeforePoll {
 public:
  BeforePoll(uv_loop_t* loop, Task callback);
  ~BeforePoll();
  BeforePoll(const BeforePoll&) = delete;
  BeforePoll& operator=(const BeforePoll&) = delete;

  /// Idempotent until the callback has run. The callback may arm again: for the next time.
  void arm();

 private:
  struct Handle;  // outlives the BeforePoll until libuv has closed it
  Handle* handle_;
  ThreadCheck thread_;
};

}  // namespace aurochs
