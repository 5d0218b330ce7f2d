#include "fake_clock.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace aurochs::fuzz {

namespace {
constexpr uint64_t kStartMs = 1'000'000;
uint64_t nowMs = 0;  // 0: the system's clock goes on
}  // namespace

FakeClock::FakeClock() { nowMs = kStartMs; }
FakeClock::~FakeClock() { nowMs = 0; }
void FakeClock::pass(uint64_t ms) { nowMs += ms; }

}  // namespace aurochs::fuzz

// A program's own function goes before libc's, for the shared libraries too.
extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec* time) noexcept {
  using aurochs::fuzz::nowMs;
  const bool monotonic = clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE;
  if (nowMs == 0 || !monotonic) return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  time->tv_sec = static_cast<time_t>(nowMs / 1000);
  time->tv_nsec = static_cast<long>(nowMs % 1000 * 1'000'000);
  return 0;
}
