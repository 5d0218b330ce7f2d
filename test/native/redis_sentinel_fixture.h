// A master, a replica and the Sentinels that watch them: own processes, 127.0.0.1 only.
// Test thread only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "redis/endpoint.h"
#include "redis_process.h"
#include "redis_server.h"

namespace aurochs::test {

class RedisSentinel {
 public:
  /// Watches the master at `masterPort` by `name`. @param options lines of its configuration file.
  RedisSentinel(const std::string& name, uint16_t masterPort, std::vector<std::string> options = {});
  ~RedisSentinel();
  RedisSentinel(const RedisSentinel&) = delete;
  RedisSentinel& operator=(const RedisSentinel&) = delete;

  [[nodiscard]] redis::Address address() const { return {"127.0.0.1", port_}; }
  /// SIGKILL, and waits for the end.
  void kill() { process_.kill(); }
  /// As RedisServer's.
  std::string run(const std::vector<std::string>& args) const { return runOver(directory_ + "/socket", args); }

 private:
  bool launch(const std::string& name, uint16_t masterPort, const std::vector<std::string>& options);

  std::string directory_;
  uint16_t port_ = 0;
  RedisProcess process_;
};

/// Two servers; the second one replicates the first once this is made.
struct RedisPair {
  RedisPair();

  RedisServer first;
  RedisServer second;
};

/// Calls `done` until it is true, for what servers settle among themselves. @returns false after a minute.
[[nodiscard]] bool eventually(const std::function<bool()>& done);

}  // namespace aurochs::test
