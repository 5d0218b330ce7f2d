// One attempt of a job away from the event loop, as the I/O thread and whoever runs it see it. Any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace aurochs::worker {

struct Attempt {
  /// Of `startedAtMs`: its limits don't count from a time of its own.
  static constexpr int64_t kUntimed = -1;

  std::atomic<bool> cancelled{false};
  /// Progress, log rows and calls on their way: counted down when they have arrived.
  std::atomic<int> stores{0};
  /// On the pool, with a limit: when the processor began, by the steady clock; 0 before.
  std::atomic<int64_t> startedAtMs{kUntimed};
};

}  // namespace aurochs::worker
