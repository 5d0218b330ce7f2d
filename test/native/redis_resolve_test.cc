// Looking up the host's name: a look-up that hangs holds up nobody, neither other connections nor close().
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "redis_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

using redis::Connection;
using redis::Endpoint;

constexpr const char* kHangs = "hangs.invalid";

// What the system's resolver does with kHangs.
struct Hanging {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  int inside = 0;

  void wait() {
    std::unique_lock lock(mutex);
    ++inside;
    changed.notify_all();
    changed.wait(lock, [this] { return open; });
    --inside;
    changed.notify_all();
  }
  void awaitInside(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this, count] { return inside == count; });
  }
  void setOpen(bool value) {
    const std::lock_guard lock(mutex);
    open = value;
    changed.notify_all();
  }
};
Hanging hanging;

}  // namespace
}  // namespace aurochs::test

// In place of the system's, for the whole test program.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** list) {
  static const auto system = reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (std::strcmp(name, aurochs::test::kHangs) == 0) {
    aurochs::test::hanging.wait();
    return EAI_NONAME;
  }
  return system(name, service, hints, list);
}

namespace aurochs::test {
namespace {

class RedisResolve : public RedisConnectionTest {
 protected:
  RedisResolve() { hanging.setOpen(false); }
  ~RedisResolve() override {
    hanging.setOpen(true);
    hanging.awaitInside(0);
  }
  static Endpoint hangs() {
    Endpoint endpoint;
    endpoint.host = kHangs;
    return endpoint;
  }
};

TEST_F(RedisResolve, LookUpsThatHangHoldUpNobody) {
  constexpr int kHanging = 8;
  std::vector<RecordingListener> listeners(kHanging);
  std::vector<std::unique_ptr<Connection>> hung;
  for (RecordingListener& listener : listeners) {
    hung.push_back(std::make_unique<Connection>(&loop_, hangs(), &listener));
    hung.back()->connect();
  }
  RedisServer server;
  Endpoint endpoint = server.tcp();
  endpoint.host = "localhost";
  connectAndWait(endpoint);
  hanging.awaitInside(kHanging);
  int closed = 0;
  for (const auto& connection : hung) connection->close([&closed] { ++closed; });
  ASSERT_TRUE(runUntil([&] { return closed == kHanging; }));
  closeAndWait();
  uv_run(&loop_, UV_RUN_DEFAULT);  // nothing is left on the loop: it ends
  for (const RecordingListener& listener : listeners) EXPECT_TRUE(listener.errors.empty());
}

TEST_F(RedisResolve, ALookUpThatHangsTimesOutAndIsTriedAgain) {
  Endpoint endpoint = hangs();
  endpoint.connectTimeoutMs = 20;
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return listener_.errors.size() == 2; }));
  for (const Error& error : listener_.errors) EXPECT_EQ(error.code, "ETIMEDOUT");
}

TEST_F(RedisResolve, ANameThatIsNoneIsReportedAsNodeReportsIt) {
  hanging.setOpen(true);
  connectTo(hangs());
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(listener_.errors[0].code, "ENOTFOUND");
  EXPECT_EQ(listener_.errors[0].message.rfind("getaddrinfo ENOTFOUND hangs.invalid", 0), 0U)
      << listener_.errors[0].message;
}

TEST_F(RedisResolve, TheAnswerOfACancelledLookUpIsDropped) {
  connectTo(hangs());
  uv_run(&loop_, UV_RUN_NOWAIT);
  hanging.awaitInside(1);
  closeAndWait();
  hanging.setOpen(true);
  hanging.awaitInside(0);
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_TRUE(listener_.errors.empty());
}

}  // namespace
}  // namespace aurochs::test
