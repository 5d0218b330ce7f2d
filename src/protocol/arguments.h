// Keys and arguments of each script call, in the order that BullMQ's scripts read them.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/queue_keys.h"

namespace aurochs::protocol {

using Arguments = std::vector<std::string>;

/// @param options packed, see ScriptOptions.
Arguments moveToActiveArguments(const QueueKeys& keys, int64_t nowMs, std::string options);

/// Completes a job. @param result JSON text. @param options packed, see ScriptOptions.
Arguments moveToCompletedArguments(const QueueKeys& keys, std::string_view id, int64_t nowMs, std::string_view result,
                                   bool fetchNext, std::string options);

Arguments extendLocksArguments(const QueueKeys& keys, const std::vector<std::string>& ids,
                               const std::vector<std::string>& tokens, int64_t lockDurationMs);

Arguments moveStalledJobsToWaitArguments(const QueueKeys& keys, int64_t maxStalledCount, int64_t nowMs,
                                         int64_t stalledIntervalMs);

/// @param progress JSON text.
Arguments updateProgressArguments(const QueueKeys& keys, std::string_view id, std::string progress);

/// @param keepLogs the number of rows to keep, or empty.
Arguments addLogArguments(const QueueKeys& keys, std::string_view id, std::string row, std::string keepLogs);

}  // namespace aurochs::protocol
