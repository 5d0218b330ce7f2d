#include "redis/health.h"

#include <utility>

namespace aurochs::redis {

Health HealthBoard::read() const {
  MutexLock lock(mutex_);
  Health health = health_;
  health.lastReplyMs = lastReplyMs_.load(std::memory_order_relaxed);
  return health;
}

void HealthBoard::setState(ConnectionState state) {
  MutexLock lock(mutex_);
  health_.state = state;
  if (state != ConnectionState::kReady) return;
  if (std::exchange(wasReady_, true)) ++health_.reconnects;
}

void HealthBoard::setServer(std::string server) {
  MutexLock lock(mutex_);
  health_.server = std::move(server);
}

void HealthBoard::setError(Error error, uint64_t nowMs) {
  MutexLock lock(mutex_);
  health_.lastError = std::move(error);
  health_.lastErrorMs = nowMs;
}

}  // namespace aurochs::redis
