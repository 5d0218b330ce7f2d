// BullMQ's Lua scripts for the C++ tests: read from the installed package, loaded into a test's server.
// Test thread only.
#pragma once

#include <memory>

#include "protocol/scripts.h"
#include "redis_server.h"

namespace aurochs::test {

/// Loads the scripts into `server`, whose SCRIPT LOAD tells their SHA-1s.
std::shared_ptr<const protocol::Scripts> loadBullmqScripts(const RedisServer& server);

}  // namespace aurochs::test
