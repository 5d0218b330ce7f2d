// What Redis's error replies mean for a connection.
// Plain functions: any thread.
#pragma once

#include <string_view>

#include "base/result.h"

namespace aurochs::redis {

/// The code that an error reply begins with: `NOSCRIPT` of `NOSCRIPT No matching script.`
std::string_view codeOf(std::string_view errorReply);

/// kScript, with Redis's code and its whole text.
Error scriptError(std::string_view errorReply);

/// READONLY, LOADING or MASTERDOWN when the reply says that this server can't do our work just now, be it as the code
/// or inside the failure of a script (Redis before 7); else empty. Another connection may reach one that can.
std::string_view unusableServer(std::string_view errorReply);

}  // namespace aurochs::redis
