// Where a Redis server is, how it is found and how to log in: ioredis's option names, in milliseconds where they are
// times. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aurochs::redis {

class TlsContext;

/// A server's place, as another server tells it.
struct Address {
  std::string host;
  uint16_t port = 6379;
  bool operator==(const Address&) const = default;
};

/// What servers call themselves → where they are from here. Keys are `host:port`.
using NatMap = std::map<std::string, Address>;

/// Servers that know who the master is.
struct Sentinels {
  std::vector<Address> addresses;  ///< At least one; asked in this order, the one that answered last first.
  std::string name;                ///< The master's.
  std::string username;
  std::string password;
  std::shared_ptr<const TlsContext> tls;  ///< None: plain.
  NatMap natMap;
};

/// Nodes that know who serves which slot.
struct Cluster {
  std::vector<Address> nodes;  ///< At least one; asked in this order, the one that answered last first.
  uint16_t slot = 0;           ///< All of our keys are in this one.
  NatMap natMap;
};

/// The pauses between attempts to connect.
struct RetryDelays {
  std::vector<uint32_t> ms;  ///< The first attempt's, the second's …; the last one repeats.
  bool endless = true;       ///< Else there is no attempt after the last one of `ms`.
};

struct Endpoint {
  std::string host = "127.0.0.1";
  uint16_t port = 6379;
  std::string path;      ///< A unix socket; when set, host and port are unused.
  int family = 0;        ///< 0: either, 4 or 6.
  std::string username;  ///< ACL user; empty: the default user.
  std::string password;
  int db = 0;
  std::string connectionName;         ///< CLIENT SETNAME; a server that refuses it is tolerated.
  uint32_t connectTimeoutMs = 10000;  ///< For each step: locating, resolving, each address, logging in. 0: no limit.
  uint32_t commandTimeoutMs = 10000;  ///< A command's reply must begin, or go on, within. 0: no limit.
  uint32_t busyTimeoutMs = 60000;     ///< The same, of a server that takes new connections. 0: no limit.
  uint32_t keepAliveMs = 0;           ///< Delay of the first TCP keep-alive probe; 0: off.
  bool noDelay = true;

  std::shared_ptr<const TlsContext> tls;       ///< None: plain.
  std::optional<RetryDelays> retryDelays;      ///< None: 50 ms to 1 s, with jitter.
  std::shared_ptr<const Sentinels> sentinels;  ///< When set, host and port are unused, and the server must be a master.
  std::shared_ptr<const Cluster> cluster;      ///< When set, host and port are unused.
};

/// `host:port` or the socket's path: for messages.
std::string describe(const Endpoint& endpoint);
std::string describe(const Address& address);

/// Equal for endpoints that lead to the same server, logged in alike: what workers may share a connection by.
std::string identityOf(const Endpoint& endpoint);

}  // namespace aurochs::redis
