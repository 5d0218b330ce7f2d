// How long to wait before the next attempt to connect: exponential, with jitter so that workers don't come in step; or
// as the user says. Plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include "redis/endpoint.h"

namespace aurochs::redis {

class Backoff {
 public:
  static constexpr uint64_t kFirstMs = 50;
  static constexpr uint64_t kLastMs = 1000;

  /// Seeds that are close to each other give delays that aren't.
  explicit Backoff(uint64_t seed, std::optional<RetryDelays> delays = std::nullopt);

  /// Half to all of 50 ms, 100 ms, … 1 s; the next call's range is the following one. With delays given, these as
  /// they are. None: there is to be no further attempt.
  std::optional<uint64_t> nextMs();
  /// After a success.
  void reset() { attempts_ = 0; }
  /// No attempt since the start or the last reset().
  [[nodiscard]] bool fresh() const { return attempts_ == 0; }

 private:
  std::minstd_rand random_;
  std::optional<RetryDelays> delays_;
  size_t attempts_ = 0;
};

}  // namespace aurochs::redis
