// The Redis keys of one queue, named as BullMQ names them.
// Plain value, immutable after construction.
#pragma once

#include <string>
#include <string_view>

namespace aurochs::protocol {

struct QueueKeys {
  QueueKeys(std::string_view prefix, std::string_view queue);

  /// `bull:queue:`; a job's key is base + id.
  std::string base;
  std::string wait, active, paused, delayed, prioritized, completed, stalled, stalledCheck;
  std::string limiter, meta, events, pc, marker, repeat, metricsCompleted;

  [[nodiscard]] std::string job(std::string_view id) const { return base + std::string(id); }
};

}  // namespace aurochs::protocol
