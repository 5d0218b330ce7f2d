// A redis-server of a test, of any kind, as a process: it ends with the test's, however that ends.
// Test thread only.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace aurochs::test {

class RedisProcess {
 public:
  RedisProcess() = default;
  ~RedisProcess() { kill(); }
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  /// Returns once its log says `ready`. @param args the program first. @returns false when it ended before that.
  [[nodiscard]] bool start(std::vector<std::string> args, std::string_view ready);
  /// SIGKILL, and waits for the end. Idempotent.
  void kill();

 private:
  pid_t pid_ = 0;
};

}  // namespace aurochs::test
