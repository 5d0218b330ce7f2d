// Where a Redis server is and how to log in: ioredis's option names, in milliseconds where they are times.
// Plain value.
#pragma once

#include <cstdint>
#include <string>

namespace aurochs::redis {

struct Endpoint {
  std::string host = "127.0.0.1";
  uint16_t port = 6379;
  std::string path;      ///< A unix socket; when set, host and port are unused.
  int family = 0;        ///< 0: either, 4 or 6.
  std::string username;  ///< ACL user; empty: the default user.
  std::string password;
  int db = 0;
  std::string connectionName;         ///< CLIENT SETNAME; a server that refuses it is tolerated.
  uint32_t connectTimeoutMs = 10000;  ///< For each step: resolving, each address, logging in. 0: no limit.
  uint32_t keepAliveMs = 0;           ///< Delay of the first TCP keep-alive probe; 0: off.
  bool noDelay = true;
};

/// `host:port` or the socket's path: for messages.
std::string describe(const Endpoint& endpoint);

}  // namespace aurochs::redis
