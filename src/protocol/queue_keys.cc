#include "protocol/queue_keys.h"

namespace aurochs::protocol {

QueueKeys::QueueKeys(std::string_view prefix, std::string_view queue)
    : base(std::string(prefix) + ":" + std::string(queue) + ":"),
      wait(base + "wait"),
      active(base + "active"),
      paused(base + "paused"),
      delayed(base + "delayed"),
      prioritized(base + "prioritized"),
      completed(base + "completed"),
      stalled(base + "stalled"),
      stalledCheck(base + "stalled-check"),
      limiter(base + "limiter"),
      meta(base + "meta"),
      events(base + "events"),
      pc(base + "pc"),
      marker(base + "marker"),
      repeat(base + "repeat"),
      metricsCompleted(base + "metrics:completed") {}

}  // namespace aurochs::protocol
