// A throw-away redis-server of a test: its own process, no data on disk, 127.0.0.1 and a unix socket only.
// Test thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redis/endpoint.h"
#include "redis_process.h"

namespace aurochs::test {

class RedisServer {
 public:
  /// Starts the server and returns once it accepts connections. @param options redis-server's, `--name value …`.
  explicit RedisServer(std::vector<std::string> options = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] redis::Endpoint tcp() const;
  [[nodiscard]] redis::Endpoint unixSocket() const;
  [[nodiscard]] uint16_t port() const { return port_; }

  /// SIGKILL, and waits for the end.
  void kill() { process_.kill(); }
  /// Starts it again, empty, on the same port and socket.
  void start();

  /// Runs one command on a connection of its own and waits for the reply, written out: `OK`, `1`, `[a b]`, `(nil)`.
  std::string run(std::vector<std::string> args) const;

 private:
  bool launch();

  std::vector<std::string> options_;
  std::string directory_;
  uint16_t port_ = 0;
  RedisProcess process_;
};

/// The same, by the path of a server's unix socket.
std::string runOver(const std::string& path, const std::vector<std::string>& args);

/// A port on 127.0.0.1 that nothing listened on a moment ago.
uint16_t freePort();

}  // namespace aurochs::test
