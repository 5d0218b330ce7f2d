// BullMQ's Lua scripts that the worker loop calls, under BullMQ's names. Their text comes from the installed
// bullmq package at run time. Immutable after construction; shared by the worker loops of an environment.
#pragma once

#include "redis/script.h"

namespace aurochs::protocol {

struct Scripts {
  redis::Script moveToActive;
  redis::Script moveToFinished;
  redis::Script extendLocks;
  redis::Script moveStalledJobsToWait;
  redis::Script updateProgress;
  redis::Script addLog;
};

}  // namespace aurochs::protocol
