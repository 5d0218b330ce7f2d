// A server that can't be reached: each attempt says why, and the connection goes on trying.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "redis_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

using redis::Endpoint;

class RedisRefused : public RedisConnectionTest {};

TEST_F(RedisRefused, WaitsForAServerThatIsNotThereYet) {
  RedisServer server;
  server.kill();
  for (const Endpoint& endpoint : {server.tcp(), server.unixSocket()}) {
    listener_.errors.clear();
    connectTo(endpoint);
    ASSERT_TRUE(runUntil([&] { return listener_.errors.size() == 2; }));
    EXPECT_EQ(listener_.errors[0].kind, ErrorKind::kConnection);
    EXPECT_EQ(listener_.errors[0].code, "ECONNREFUSED");
    EXPECT_NE(listener_.errors[0].message.find(describe(endpoint)), std::string::npos);
    server.start();
    ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
    EXPECT_EQ(ask({"PING"}).text, "PONG");
    closeAndWait();
    server.kill();
  }
}

TEST_F(RedisRefused, ReportsAUnixSocketThatCannotBe) {
  Endpoint missing;
  missing.path = "/nonexistent/aurochs/redis.sock";
  connectTo(missing);
  ASSERT_TRUE(runUntil([&] { return listener_.sawCode("ENOENT"); }));
  closeAndWait();

  Endpoint tooLong;
  tooLong.path = "/tmp/" + std::string(200, 'x');
  connectTo(tooLong);
  ASSERT_TRUE(runUntil([&] { return listener_.sawCode("ENAMETOOLONG"); }));
}

TEST_F(RedisRefused, AnAddressThatNeverAnswersTimesOut) {
  // A listener whose queue is full: the system ignores further attempts.
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(listen(listener, 0), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length), 0);
  std::vector<int> queued;
  for (int i = 0; i < 8; ++i) {
    queued.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    connect(queued.back(), reinterpret_cast<sockaddr*>(&address), length);
  }

  Endpoint endpoint;
  endpoint.port = ntohs(address.sin_port);
  endpoint.connectTimeoutMs = 50;
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return listener_.errors.size() == 2; }));
  EXPECT_EQ(listener_.errors[0].code, "ETIMEDOUT");
  EXPECT_NE(listener_.errors[0].message.find("connecting"), std::string::npos) << listener_.errors[0].message;
  for (const int fd : queued) close(fd);
  close(listener);
}

TEST_F(RedisRefused, ReportsANameThatDoesNotResolve) {
  Endpoint endpoint;
  endpoint.host = "redis.invalid";
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(listener_.errors[0].kind, ErrorKind::kConnection);
  EXPECT_NE(listener_.errors[0].message.find("getaddrinfo"), std::string::npos);
  EXPECT_NE(listener_.errors[0].message.find("redis.invalid"), std::string::npos);
}

TEST_F(RedisRefused, ReportsALiteralOfTheWrongFamily) {
  Endpoint endpoint;
  endpoint.family = 6;
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_NE(listener_.errors[0].message.find("127.0.0.1"), std::string::npos);
}

}  // namespace
}  // namespace aurochs::test
