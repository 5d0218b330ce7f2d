// Wall-clock time as BullMQ stores it.
// Any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace aurochs {

/// Milliseconds since the Unix epoch: JavaScript's Date.now().
inline int64_t wallClockMs() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace aurochs
