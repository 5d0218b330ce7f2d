#include "redis/backoff.h"

#include <algorithm>
#include <utility>

namespace aurochs::redis {

Backoff::Backoff(uint64_t seed, std::optional<RetryDelays> delays) : delays_(std::move(delays)) {
  std::seed_seq mixed{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
  random_.seed(mixed);
}

std::optional<uint64_t> Backoff::nextMs() {
  const size_t attempt = attempts_++;
  if (!delays_) {
    constexpr size_t kDoublings = 5;  // 50 ms << 5 is past the last step
    const uint64_t limit = std::min(kFirstMs << std::min(attempt, kDoublings), kLastMs);
    return std::uniform_int_distribution<uint64_t>(limit / 2, limit)(random_);
  }
  if (attempt < delays_->ms.size()) return delays_->ms[attempt];
  if (!delays_->endless) return std::nullopt;
  return delays_->ms.empty() ? 0 : delays_->ms.back();
}

}  // namespace aurochs::redis
