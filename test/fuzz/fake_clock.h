// libuv's clock, made to stand still: pauses and time limits pass when a fuzz target says so, and cost no time.
// Of the whole process; one thread.
#pragma once

#include <cstdint>

namespace aurochs::fuzz {

/// While one lives. Only CLOCK_MONOTONIC, which is libuv's; the fuzzer itself goes by the time of day.
class FakeClock {
 public:
  FakeClock();
  ~FakeClock();
  FakeClock(const FakeClock&) = delete;
  FakeClock& operator=(const FakeClock&) = delete;

  static void pass(uint64_t ms);
};

}  // namespace aurochs::fuzz
