// The MessagePack options that moveToActive and moveToFinished take, packed once for each distinct set of job
// options and completed with a token for each call. One thread (the I/O thread).
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "protocol/keep_jobs.h"

namespace aurochs::protocol {

/// The worker's options that BullMQ's scripts read.
struct ScriptSettings {
  std::string workerName;  ///< Stored as processedBy; empty: none.
  int64_t lockDurationMs = 30000;
  nlohmann::json limiter;        ///< `{max, duration}` or null.
  nlohmann::json keepCompleted;  ///< The worker's removeOnComplete, or null.
  int64_t maxMetricsSize = 0;    ///< metrics.maxDataPoints; 0: off.
};

/// A MessagePack map that lacks its `token`.
class OptionsTemplate {
 public:
  explicit OptionsTemplate(const nlohmann::json& withoutToken);
  [[nodiscard]] std::string withToken(std::string_view token) const;

 private:
  std::string packed_;
};

/// What the completion of a job depends on.
struct FinishOptions {
  OptionsTemplate moveToFinished;
  std::optional<KeepJobs> keepJobs;  ///< Nothing: only BullMQ's script can complete such a job.
};

class ScriptOptions {
 public:
  explicit ScriptOptions(ScriptSettings settings);

  [[nodiscard]] std::string moveToActive(std::string_view token) const { return fetch_.withToken(token); }
  /// @param jobOptions the job's `opts` field (JSON text as BullMQ stores it). Valid until the next call.
  [[nodiscard]] const FinishOptions& finish(std::string_view jobOptions);

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  [[nodiscard]] FinishOptions makeFinish(std::string_view jobOptions) const;

  ScriptSettings settings_;
  OptionsTemplate fetch_;
  std::unordered_map<std::string, FinishOptions, Hash, std::equal_to<>> finish_;
};

/// A job's `keepLogs` (`kl` as stored), or an empty string: what addLog takes.
std::string keepLogs(std::string_view jobOptions);

}  // namespace aurochs::protocol
