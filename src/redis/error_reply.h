// What Redis's error replies mean for a connection.
// Plain functions: any thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "redis/endpoint.h"

namespace aurochs::redis {

/// The code that an error reply begins with: `NOSCRIPT` of `NOSCRIPT No matching script.`
std::string_view codeOf(std::string_view errorReply);

/// kScript, with Redis's code and its whole text.
Error scriptError(std::string_view errorReply);

/// READONLY, LOADING, NOREPLICAS, … when the reply says that this server can't do our work just now, be it as the code
/// or inside the failure of a script (Redis before 7); else empty. Another connection, now or in a moment, may reach
/// one that can. @param inCluster the server was found by its cluster: then MOVED and its like are such codes too;
/// for who connected to a plain server, they say that the options are wrong.
std::string_view unusableServer(std::string_view errorReply, bool inCluster = false);

/// Redis's refusals that a server's operator ends: out of memory or disk, rights. The same command may well be taken
/// later, by the same server.
bool refusedForNow(std::string_view errorReply);

/// Where the slot is, after `MOVED 3999 127.0.0.1:6381`; nothing for another reply. An empty host: the same host as the
/// one that answered.
std::optional<Address> movedTo(std::string_view errorReply);

}  // namespace aurochs::redis
