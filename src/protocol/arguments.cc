#include "protocol/arguments.h"

#include <nlohmann/json.hpp>

namespace aurochs::protocol {

namespace {

std::string packStrings(const std::vector<std::string>& strings) {
  std::string packed;
  nlohmann::json::to_msgpack(nlohmann::json(strings), packed);
  return packed;
}

}  // namespace

Arguments moveToActiveArguments(const QueueKeys& keys, int64_t nowMs, std::string options) {
  return {keys.wait,    keys.active,  keys.prioritized,      keys.events,       keys.stalled,
          keys.limiter, keys.delayed, keys.paused,           keys.meta,         keys.pc,
          keys.marker,  keys.base,    std::to_string(nowMs), std::move(options)};
}

Arguments moveToCompletedArguments(const QueueKeys& keys, std::string_view id, int64_t nowMs, std::string_view result,
                                   bool fetchNext, std::string options) {
  return {keys.wait,
          keys.active,
          keys.prioritized,
          keys.events,
          keys.stalled,
          keys.limiter,
          keys.delayed,
          keys.paused,
          keys.meta,
          keys.pc,
          keys.completed,
          keys.job(id),
          keys.metricsCompleted,
          keys.marker,
          std::string(id),
          std::to_string(nowMs),
          "returnvalue",
          std::string(result),
          "completed",
          fetchNext ? "1" : "0",
          keys.base,
          std::move(options),
          ""};
}

Arguments extendLocksArguments(const QueueKeys& keys, const std::vector<std::string>& ids,
                               const std::vector<std::string>& tokens, int64_t lockDurationMs) {
  return {keys.stalled, keys.base, packStrings(tokens), packStrings(ids), std::to_string(lockDurationMs)};
}

Arguments moveStalledJobsToWaitArguments(const QueueKeys& keys, int64_t maxStalledCount, int64_t nowMs,
                                         int64_t stalledIntervalMs) {
  return {keys.stalled,
          keys.wait,
          keys.active,
          keys.stalledCheck,
          keys.meta,
          keys.paused,
          keys.marker,
          keys.events,
          keys.repeat,
          std::to_string(maxStalledCount),
          keys.base,
          std::to_string(nowMs),
          std::to_string(stalledIntervalMs)};
}

Arguments updateProgressArguments(const QueueKeys& keys, std::string_view id, std::string progress) {
  return {keys.job(id), keys.events, keys.meta, std::string(id), std::move(progress)};
}

Arguments addLogArguments(const QueueKeys& keys, std::string_view id, std::string row, std::string keepLogs) {
  const std::string job = keys.job(id);
  return {job, job + ":logs", std::string(id), std::move(row), std::move(keepLogs)};
}

}  // namespace aurochs::protocol
