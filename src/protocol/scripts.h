// BullMQ's Lua scripts that the worker loop calls, under BullMQ's names. Their text comes from the installed
// bullmq package at run time. Immutable after construction; shared by the worker loops of an environment.
#pragma once

#include <array>

#include "redis/script.h"

namespace aurochs::protocol {

struct Scripts {
  redis::Script moveToActive;
  redis::Script moveToFinished;
  redis::Script extendLocks;
  redis::Script moveStalledJobsToWait;
  redis::Script updateProgress;
  redis::Script addLog;

  [[nodiscard]] std::array<const redis::Script*, 6> all() const {
    return {&moveToActive, &moveToFinished, &extendLocks, &moveStalledJobsToWait, &updateProgress, &addLog};
  }
};

}  // namespace aurochs::protocol
