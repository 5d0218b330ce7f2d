// Wall-clock time as BullMQ stores it, and a clock for intervals that nobody sets back.
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

/// Milliseconds since some moment in the past.
inline int64_t steadyClockMs() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace aurochs
