// TLS with a server that is not trusted, or that does not trust us: the code is Node's, the message names the way out.
#include <string>

#include "redis_fixture.h"
#include "redis_tls_server.h"

namespace aurochs::test {
namespace {

using redis::Endpoint;
using redis::TlsOptions;

class RedisTlsRefused : public RedisConnectionTest {
 protected:
  [[nodiscard]] TlsOptions trusting() const {
    TlsOptions options;
    options.ca = authority_.cert();
    return options;
  }

  /// Connects; the first refusal must have a code that ends with `code`, name the server and say `advice`. Never ready.
  void expectRefusal(const Endpoint& endpoint, const std::string& code, const std::string& advice) {
    listener_.errors.clear();
    connectTo(endpoint);
    ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
    const Error error = listener_.errors[0];
    EXPECT_EQ(error.kind, ErrorKind::kConnection);
    EXPECT_TRUE(error.code.ends_with(code)) << error.code << ": " << error.message;
    EXPECT_NE(error.message.find("TLS with " + describe(endpoint)), std::string::npos) << error.message;
    EXPECT_NE(error.message.find(advice), std::string::npos) << error.message;
    EXPECT_EQ(listener_.ready, 0);
    closeAndWait();
  }

  CertificateAuthority authority_;
};

TEST_F(RedisTlsRefused, AnAuthorityThatIsNotKnown) {
  const TlsRedisServer server(authority_.issue());
  expectRefusal(server.endpoint({}), "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls.ca");
  TlsOptions options;
  options.ca = CertificateAuthority("Other").cert();
  expectRefusal(server.endpoint(options), "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls.ca");
}

TEST_F(RedisTlsRefused, AChainThatEndsInAStranger) {
  Identity chain = authority_.issue();
  chain.cert += authority_.cert();
  const TlsRedisServer server(chain);
  expectRefusal(server.endpoint({}), "SELF_SIGNED_CERT_IN_CHAIN", "tls.ca");
}

TEST_F(RedisTlsRefused, ACertificateThatVouchesForItself) {
  const Identity own = selfSigned();
  const TlsRedisServer server(own);
  expectRefusal(server.endpoint(trusting()), "DEPTH_ZERO_SELF_SIGNED_CERT", "tls.ca");
  TlsOptions options;
  options.ca = own.cert;
  connectAndWait(server.endpoint(options));
}

TEST_F(RedisTlsRefused, ACertificateOutOfItsTime) {
  const TlsRedisServer expired(authority_.issue({.validFromDays = -3, .validToDays = -2}));
  expectRefusal(expired.endpoint(trusting()), "CERT_HAS_EXPIRED", "renew");
  const TlsRedisServer future(authority_.issue({.validFromDays = 2, .validToDays = 3}));
  expectRefusal(future.endpoint(trusting()), "CERT_NOT_YET_VALID", "clock");
}

TEST_F(RedisTlsRefused, ACertificateForSomebodyElse) {
  const TlsRedisServer server(authority_.issue({.names = "DNS:redis.example.com,IP:10.1.2.3"}));
  const std::string names = "DNS:redis.example.com, IP Address:10.1.2.3";
  expectRefusal(server.endpoint(trusting()), "ERR_TLS_CERT_ALTNAME_INVALID",
                "not for '127.0.0.1' but for " + names + "; ");
  Endpoint named = server.endpoint(trusting());
  named.host = "localhost";
  expectRefusal(named, "ERR_TLS_CERT_ALTNAME_INVALID", "not for 'localhost' but for " + names + "; ");
  TlsOptions options = trusting();
  options.servername = "other.example.com";
  expectRefusal(server.endpoint(options), "ERR_TLS_CERT_ALTNAME_INVALID", "tls.servername");
}

TEST_F(RedisTlsRefused, AnAddressIsNotANameThatLooksLikeIt) {
  const TlsRedisServer server(authority_.issue({.names = "DNS:127.0.0.1"}));
  expectRefusal(server.endpoint(trusting()), "ERR_TLS_CERT_ALTNAME_INVALID", "not for '127.0.0.1'");
}

TEST_F(RedisTlsRefused, APortWithoutTls) {
  FakeServer server(&loop_, [](std::string_view received) -> std::string {
    return received.empty() ? "" : "-ERR unknown command\r\n";
  });
  Endpoint endpoint = server.endpoint();
  endpoint.tls = contextOf(trusting());
  expectRefusal(endpoint, "ERR_SSL_WRONG_VERSION_NUMBER", "its TLS port");
}

TEST_F(RedisTlsRefused, AServerThatHangsUpInTheHandshake) {
  FakeServer server(&loop_,
                    [](std::string_view received) { return received.empty() ? "" : std::string(FakeServer::kHangUp); });
  Endpoint endpoint = server.endpoint();
  endpoint.tls = contextOf(trusting());
  expectRefusal(endpoint, "ECONNRESET", "hung up before");
}

// Redis itself, on its plain port, takes TLS's first message for a command that has not ended yet.
TEST_F(RedisTlsRefused, AServerThatNeverAnswersTimesOut) {
  const RedisServer server;
  Endpoint endpoint = server.tcp();
  endpoint.tls = contextOf(trusting());
  endpoint.connectTimeoutMs = 50;
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(listener_.errors[0].code, "ETIMEDOUT");
  EXPECT_EQ(listener_.ready, 0);
}

// With TLS 1.3 the handshake is over for us when the server gets to see that there is no certificate.
TEST_F(RedisTlsRefused, AServerThatAsksForACertificate) {
  const TlsRedisServer server(authority_.issue(), authority_.cert());
  TlsOptions options = trusting();
  expectRefusal(server.endpoint(options), "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls.cert and tls.key");
  options.maxVersion = "TLSv1.2";
  // Versions of OpenSSL name it SSLV3 or SSL/TLS.
  expectRefusal(server.endpoint(options), "_ALERT_HANDSHAKE_FAILURE", "tls.cert and tls.key");
}

TEST_F(RedisTlsRefused, AServerThatDoesNotTrustOurCertificate) {
  const TlsRedisServer server(authority_.issue(), authority_.cert());
  const Identity stranger = CertificateAuthority("Other").issue();
  TlsOptions options = trusting();
  options.cert = stranger.cert;
  options.key = stranger.key;
  expectRefusal(server.endpoint(options), "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "check tls.cert");
}

TEST_F(RedisTlsRefused, AServerOfAnotherVersion) {
  const TlsRedisServer old(authority_.issue(), "", {"--tls-protocols", "TLSv1.2"});
  TlsOptions options = trusting();
  options.minVersion = "TLSv1.3";
  expectRefusal(old.endpoint(options), "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tls.minVersion");
  const TlsRedisServer modern(authority_.issue(), "", {"--tls-protocols", "TLSv1.3"});
  options.minVersion = options.maxVersion = "TLSv1.2";
  expectRefusal(modern.endpoint(options), "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tls.maxVersion");
}

}  // namespace
}  // namespace aurochs::test
