#include "redis_sentinel_fixture.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace aurochs::test {

RedisSentinel::RedisSentinel(const std::string& name, uint16_t masterPort, std::vector<std::string> options) {
  char directory[] = "/tmp/aurochs-sentinel-XXXXXX";
  if (mkdtemp(directory) == nullptr) std::abort();
  directory_ = directory;
  constexpr int kTries = 10;  // another process may take the port first
  for (int i = 0; i < kTries; ++i) {
    port_ = freePort();
    if (launch(name, masterPort, options)) return;
  }
  std::fprintf(stderr, "RedisSentinel: redis-server --sentinel does not start\n");
  std::abort();
}

RedisSentinel::~RedisSentinel() {
  process_.kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

bool RedisSentinel::launch(const std::string& name, uint16_t masterPort, const std::vector<std::string>& options) {
  const std::string config = directory_ + "/sentinel.conf";  // it writes there what it learns
  std::ofstream file(config);
  file << "port " << port_ << "\nbind 127.0.0.1\nunixsocket " << directory_ << "/socket\ndir " << directory_
       << "\nsentinel monitor " << name << " 127.0.0.1 " << masterPort << " 1\nsentinel down-after-milliseconds "
       << name << " 500\nsentinel failover-timeout " << name << " 2000\n";
  for (const std::string& option : options) file << option << '\n';
  file.close();
  return process_.start({"redis-server", config, "--sentinel"}, "+monitor master " + name);
}

RedisPair::RedisPair()
    : first({"--repl-diskless-sync-delay", "0"}), second({"--replicaof", "127.0.0.1 " + std::to_string(first.port())}) {
  if (eventually([&] { return first.run({"INFO", "replication"}).find("state=online") != std::string::npos; })) return;
  std::fprintf(stderr, "RedisPair: the replica does not come online\n");
  std::abort();
}

bool eventually(const std::function<bool()>& done) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds kGiveUp(60);
  constexpr std::chrono::milliseconds kPause(10);
  for (const Clock::time_point end = Clock::now() + kGiveUp; Clock::now() < end;) {
    if (done()) return true;
    std::this_thread::sleep_for(kPause);
  }
  return done();
}

}  // namespace aurochs::test
