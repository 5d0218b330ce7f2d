// A Lua script by its SHA-1, and how to call it: EVALSHA, and EVAL once where the server does not know it (NOSCRIPT).
// I/O thread only.
#pragma once

#include <string>
#include <vector>

#include "redis/connection.h"

namespace aurochs::redis {

struct Script {
  std::string name;  ///< BullMQ's name: moveToActive, moveToFinished, …
  std::string sha1;  ///< Lower-case hexadecimal SHA-1 of `source`.
  std::string source;
  int keyCount = 0;
};

/// Calls `script` (which outlives the call) with its keys first and its arguments behind them.
/// After NOSCRIPT (a flushed script cache) the script is sent again whole; `handler` sees the final reply only.
void callScript(Connection& connection, const Script& script, std::vector<std::string> keysAndArguments,
                ReplyHandler handler);

}  // namespace aurochs::redis
