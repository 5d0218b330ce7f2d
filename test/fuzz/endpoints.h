// The kinds of endpoints that targets connect to, by the letter that an input begins with.
// Plain function: any thread.
#pragma once

#include <memory>

#include "redis/endpoint.h"

namespace aurochs::fuzz {

/// `a` with a login, `u` a unix socket, `s` found by Sentinels, `c` by a cluster's nodes, `e` gives up soon,
/// `n` without time limits; plain for any other letter.
inline redis::Endpoint endpointOf(char kind) {
  const redis::NatMap natMap = {{"10.0.0.1:6379", {"127.0.0.1", 7001}}};
  redis::Endpoint endpoint;
  endpoint.retryDelays = redis::RetryDelays{{0, 50, 200}, true};
  switch (kind) {
    case 'a':
      endpoint.username = "user";
      endpoint.password = "secret";
      endpoint.connectionName = "fuzz";
      endpoint.db = 3;
      break;
    case 'u':
      endpoint.path = "/run/redis.sock";
      endpoint.password = "secret";
      break;
    case 's':
      endpoint.sentinels = std::make_shared<const redis::Sentinels>(
          redis::Sentinels{{{"127.0.0.1", 26379}, {"localhost", 26380}}, "master", "", "", nullptr, natMap});
      break;
    case 'c':
      endpoint.cluster = std::make_shared<const redis::Cluster>(
          redis::Cluster{{{"127.0.0.1", 7000}, {"localhost", 7001}}, 1234, natMap});
      break;
    case 'e':
      endpoint.retryDelays = redis::RetryDelays{{0, 50}, false};
      break;
    case 'n':
      endpoint.connectTimeoutMs = 0;
      endpoint.commandTimeoutMs = 0;
      break;
    default:
      break;
  }
  return endpoint;
}

}  // namespace aurochs::fuzz
