// What a server may do inside of TLS besides answering, and what it gets to see of us.
#include "redis_tls_peer.h"

#include <string>

#include "redis_fixture.h"
#include "redis_tls_server.h"

namespace aurochs::test {
namespace {

using redis::Endpoint;
using redis::ReplyView;
using redis::TlsOptions;

class RedisTlsPeer : public RedisConnectionTest {
 protected:
  explicit RedisTlsPeer(const std::string& names = "IP:127.0.0.1,DNS:localhost,DNS:redis.example.com")
      : peer_(authority_.issue({.names = names}), [this](std::string_view received) { return answer_(received); }) {}

  [[nodiscard]] Endpoint endpoint(const std::string& servername = "") const {
    Endpoint endpoint = server_.endpoint();
    endpoint.tls = contextOf({.ca = authority_.cert(), .servername = servername});
    return endpoint;
  }

  /// As many as there are PINGs.
  static std::string pongs(std::string_view received) {
    std::string reply;
    for (size_t at = 0; (at = received.find("PING", at)) != std::string_view::npos; ++at) reply += "+PONG\r\n";
    return reply;
  }

  CertificateAuthority authority_;
  std::function<std::string(std::string_view)> answer_ = &pongs;
  TlsPeer peer_;
  FakeServer server_{&loop_, peer_.respond()};
};

TEST_F(RedisTlsPeer, MayChangeItsKeysAndAskForOurs) {
  answer_ = [&](std::string_view received) {
    EXPECT_EQ(SSL_key_update(peer_.ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
    return pongs(received);
  };
  connectAndWait(endpoint());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask({"PING"}).text, "PONG");
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisTlsPeer, MaySendRecordsOfAByte) {
  connectAndWait(endpoint());
  answer_ = [&](std::string_view) {
    const std::string reply = "$5000\r\n" + std::string(5000, 'x') + "\r\n";
    for (const char byte : reply) EXPECT_EQ(SSL_write(peer_.ssl(), &byte, 1), 1);
    return "";
  };
  EXPECT_EQ(ask({"GET", "key"}).text, std::string(5000, 'x'));
}

TEST_F(RedisTlsPeer, EndsTheConnectionWhenItSendsNoMore) {
  connectAndWait(endpoint());
  answer_ = [&](std::string_view) {
    const std::string last = "+last\r\n";
    SSL_write(peer_.ssl(), last.data(), static_cast<int>(last.size()));
    SSL_shutdown(peer_.ssl());
    return "";
  };
  Answer answered, pending;
  send({"GET", "a"}, answered.handler());
  send({"GET", "b"}, pending.handler());
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(answered.text, "last");
  EXPECT_EQ(pending.error.kind, ErrorKind::kConnection);
  EXPECT_EQ(listener_.errors[0].code, "EOF");
}

TEST_F(RedisTlsPeer, WhatWasChangedOnTheWayIsNotBelieved) {
  connectAndWait(endpoint());
  peer_.beforeSending = [](std::string& encrypted) { encrypted.back() ^= 1; };
  const Answer answer = ask({"PING"});
  EXPECT_EQ(answer.error.kind, ErrorKind::kConnection);
  EXPECT_EQ(answer.error.code, "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC");
  peer_.beforeSending = nullptr;
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
  EXPECT_TRUE(peer_.failure().ends_with("alert bad record mac")) << peer_.failure() << ": it was not told";
}

TEST_F(RedisTlsPeer, HearsThatWeSendNoMore) {
  connectAndWait(endpoint());
  closeAndWait();
  EXPECT_TRUE(runUntil([&] { return (SSL_get_shutdown(peer_.ssl()) & SSL_RECEIVED_SHUTDOWN) != 0; }));
}

TEST_F(RedisTlsPeer, IsAskedForByNameButNotByAddress) {
  Endpoint named = endpoint();
  named.host = "localhost";
  named.family = 4;
  connectAndWait(named);
  EXPECT_EQ(peer_.servername(), "localhost");
  closeAndWait();

  connectAndWait(endpoint());
  EXPECT_EQ(peer_.servername(), "");
  closeAndWait();

  connectAndWait(endpoint("redis.example.com."));
  EXPECT_EQ(peer_.servername(), "redis.example.com");
}

}  // namespace
}  // namespace aurochs::test
