// The Lua scripts that the worker loop calls: BullMQ's, under BullMQ's names, their text from the installed bullmq
// package at run time; and our own. Immutable after construction; shared by the worker loops of an environment.
#pragma once

#include <array>

#include "redis/script.h"

namespace aurochs::protocol {

/// Completes a batch of jobs and fetches the next ones: lua/finish_and_fetch.lua.
const redis::Script& finishAndFetchScript();

struct Scripts {
  redis::Script moveToActive;
  redis::Script moveToFinished;
  redis::Script extendLocks;
  redis::Script moveStalledJobsToWait;
  redis::Script updateProgress;
  redis::Script addLog;

  [[nodiscard]] std::array<const redis::Script*, 7> all() const {
    return {&moveToActive,   &moveToFinished, &extendLocks,           &moveStalledJobsToWait,
            &updateProgress, &addLog,         &finishAndFetchScript()};
  }
};

}  // namespace aurochs::protocol
