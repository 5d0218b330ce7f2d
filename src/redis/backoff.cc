#include "redis/backoff.h"

#include <algorithm>

namespace aurochs::redis {

Backoff::Backoff(uint64_t seed) {
  std::seed_seq mixed{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
  random_.seed(mixed);
}

uint64_t Backoff::nextMs() {
  constexpr unsigned kDoublings = 6;  // 50 ms << 6 is past the last step
  const uint64_t limit = std::min(kFirstMs << std::min(attempts_, kDoublings), kLastMs);
  ++attempts_;
  return std::uniform_int_distribution<uint64_t>(limit / 2, limit)(random_);
}

}  // namespace aurochs::redis
