// The negative codes of BullMQ's scripts that the engine itself has to tell apart. (Their messages are BullMQ's:
// finishedErrors, on the JavaScript side.)
#pragma once

#include <cstdint>

namespace aurochs::protocol {

inline constexpr int64_t kJobNotExist = -1;
inline constexpr int64_t kJobLockNotExist = -2;

}  // namespace aurochs::protocol
