// A connection over TLS to a redis-server that speaks it: all that works over a plain one.
#include <string>
#include <vector>

#include "redis_fixture.h"
#include "redis_tls_server.h"

namespace aurochs::test {
namespace {

using redis::Endpoint;
using redis::ReplyView;
using redis::TlsOptions;

class RedisTls : public RedisConnectionTest {
 protected:
  [[nodiscard]] TlsOptions trusting() const {
    TlsOptions options;
    options.ca = authority_.cert();
    return options;
  }

  CertificateAuthority authority_;
};

TEST_F(RedisTls, CarriesSmallAndLargeValuesInEitherVersion) {
  const TlsRedisServer server(authority_.issue());
  std::string large(1024 * 1024, '\0');
  for (size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 7 + i / 251);
  for (const char* version : {"TLSv1.2", "TLSv1.3"}) {
    TlsOptions options = trusting();
    options.minVersion = options.maxVersion = version;
    connectAndWait(server.endpoint(options));
    EXPECT_EQ(ask({"PING"}).text, "PONG") << version;
    EXPECT_EQ(ask({"SET", "large", large}).text, "OK") << version;
    EXPECT_EQ(ask({"GET", "large"}).text, large) << version;
    closeAndWait();
  }
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisTls, KeepsThousandsOfPipelinedCommandsInOrder) {
  constexpr size_t kCommands = 20'000;
  const TlsRedisServer server(authority_.issue());
  connectAndWait(server.endpoint(trusting()));
  size_t answered = 0;
  for (size_t i = 0; i < kCommands; ++i) {
    send({"ECHO", std::to_string(i) + std::string(i % 300, 'x')}, [&, i](Result<ReplyView> reply) {
      ASSERT_TRUE(reply.ok());
      ASSERT_EQ(reply.value().text(), std::to_string(i) + std::string(i % 300, 'x'));
      ASSERT_EQ(answered++, i);
    });
  }
  ASSERT_TRUE(runUntil([&] { return answered == kCommands; }));
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisTls, SendsInBothDirectionsWhileNeitherWaitsForTheOther) {
  // More than the sockets' buffers hold: writes go on in the background while replies come in.
  constexpr size_t kValues = 16;
  const std::string value(2 * 1024 * 1024, 'v');
  const TlsRedisServer server(authority_.issue());
  connectAndWait(server.endpoint(trusting()));
  std::vector<Answer> answers(kValues);
  for (Answer& answer : answers) {
    send({"ECHO", value}, answer.handler());
    uv_run(&loop_, UV_RUN_NOWAIT);
  }
  ASSERT_TRUE(runUntil([&] { return answers.back().calls == 1; }));
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.calls, 1);
    EXPECT_TRUE(answer.text == value);
  }
}

TEST_F(RedisTls, ShowsItsOwnCertificateWhenTheServerAsks) {
  const TlsRedisServer server(authority_.issue(), authority_.cert());
  const Identity own = authority_.issue();
  for (const char* version : {"TLSv1.2", "TLSv1.3"}) {
    TlsOptions options = trusting();
    options.minVersion = options.maxVersion = version;
    options.cert = own.cert;
    options.key = own.encryptedKey("open sesame");
    options.passphrase = "open sesame";
    connectAndWait(server.endpoint(options));
    EXPECT_EQ(ask({"PING"}).text, "PONG") << version;
    closeAndWait();
  }
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisTls, TrustsAnyOfSeveralAuthorities) {
  const CertificateAuthority other("Other");
  const TlsRedisServer server(authority_.issue());
  TlsOptions options;
  options.ca = "A word first.\n" + other.cert() + '\n' + authority_.cert();
  connectAndWait(server.endpoint(options));
  EXPECT_EQ(ask({"PING"}).text, "PONG");
}

TEST_F(RedisTls, TakesTheNameFromTheHostOrFromServername) {
  const TlsRedisServer local(authority_.issue({.names = "DNS:localhost"}));
  Endpoint endpoint = local.endpoint(trusting());
  endpoint.host = "localhost";
  connectAndWait(endpoint);
  closeAndWait();

  const TlsRedisServer elsewhere(authority_.issue({.names = "DNS:*.example.com"}));
  TlsOptions options = trusting();
  options.servername = "redis.example.com";
  connectAndWait(elsewhere.endpoint(options));
  EXPECT_EQ(ask({"PING"}).text, "PONG");
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisTls, VerifiesNothingWhenToldSo) {
  const TlsRedisServer server(selfSigned({.names = "DNS:elsewhere", .validFromDays = -3, .validToDays = -2}));
  TlsOptions options;
  options.rejectUnauthorized = false;
  connectAndWait(server.endpoint(options));
  EXPECT_EQ(ask({"PING"}).text, "PONG");
}

TEST_F(RedisTls, ComesBackToAServerThatDiedInTheMiddleOfAReply) {
  TlsRedisServer server(authority_.issue());
  connectAndWait(server.endpoint(trusting()));
  ASSERT_EQ(ask({"SET", "large", std::string(8 * 1024 * 1024, 'x')}).text, "OK");
  std::vector<Answer> answers(20);
  for (Answer& answer : answers) send({"GET", "large"}, answer.handler());
  ASSERT_TRUE(runUntil([&] { return answers.front().calls == 1; }));
  server.plain().kill();
  ASSERT_TRUE(runUntil([&] { return answers.back().calls == 1; }));
  EXPECT_EQ(answers.back().error.kind, ErrorKind::kConnection);
  server.plain().start();
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
  EXPECT_EQ(ask({"PING"}).text, "PONG");
}

TEST_F(RedisTls, CanBeClosedInEveryStateOfAnAttempt) {
  using State = redis::Connection::State;
  const TlsRedisServer server(authority_.issue());
  for (const State at : {State::kLocating, State::kConnecting, State::kHandshaking, State::kReady}) {
    connectTo(server.endpoint(trusting()));
    atState(at, [&] { connection_->close(nullptr); });
    closeAndWait();
  }
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisTls, HandlersMayCloseTheConnectionInTheMiddleOfABatchOfReplies) {
  const TlsRedisServer server(authority_.issue());
  connectAndWait(server.endpoint(trusting()));
  std::vector<Answer> behind(500);
  send({"PING"}, [&](Result<ReplyView>) { connection_->close(nullptr); });
  for (Answer& answer : behind) send({"ECHO", std::string(1000, 'x')}, answer.handler());
  ASSERT_TRUE(runUntil([&] { return behind.back().calls == 1; }));
  for (const Answer& answer : behind) EXPECT_EQ(answer.error.kind, ErrorKind::kClosed);
}

}  // namespace
}  // namespace aurochs::test
