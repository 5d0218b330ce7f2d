// TLS options that can't be used are refused at once, and the option is named.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <set>
#include <string>
#include <utility>

#include "redis_tls_certificates.h"
#include "redis_tls_server.h"

namespace aurochs::test {
namespace {

using redis::TlsContext;
using redis::TlsOptions;

std::string refusalOf(const TlsOptions& options) {
  const auto context = TlsContext::create(options);
  EXPECT_EQ(ERR_peek_error(), 0u) << "an error was left for somebody else to find";
  if (context) return "";
  EXPECT_EQ(context.error().kind, ErrorKind::kConfig);
  return context.error().message;
}

class TlsContextTest : public testing::Test {
 protected:
  CertificateAuthority authority_;
  Identity identity_ = authority_.issue();
};

TEST_F(TlsContextTest, RefusesWhatIsNotACertificate) {
  EXPECT_EQ(refusalOf({.ca = "not a certificate"}), "tls.ca holds no certificate in PEM");
  EXPECT_EQ(refusalOf({.ca = identity_.key}), "tls.ca holds no certificate in PEM");
  EXPECT_EQ(refusalOf({.cert = "nothing", .key = identity_.key}), "tls.cert holds no certificate in PEM");
  std::string broken = authority_.cert();
  broken.replace(broken.size() / 2, 4, "####");
  EXPECT_EQ(refusalOf({.ca = authority_.cert() + broken}).find("tls.ca: a certificate in it can't be read"), 0u);
  EXPECT_EQ(refusalOf({.cert = broken, .key = identity_.key}).find("tls.cert: a certificate"), 0u);
  EXPECT_EQ(refusalOf({.ca = authority_.cert().substr(0, 200)}).find("tls.ca"), 0u);
}

TEST_F(TlsContextTest, RefusesHalfAnIdentity) {
  EXPECT_EQ(refusalOf({.cert = identity_.cert}).find("tls.key"), 0u);
  EXPECT_EQ(refusalOf({.key = identity_.key}).find("tls.cert"), 0u);
  const std::string mixed = refusalOf({.cert = authority_.issue().cert, .key = identity_.key});
  EXPECT_EQ(mixed.find("tls.cert and tls.key don't belong together"), 0u) << mixed;
}

TEST_F(TlsContextTest, RefusesAKeyThatDoesNotOpen) {
  EXPECT_EQ(refusalOf({.cert = identity_.cert, .key = "nothing"}),
            "tls.key holds no private key in PEM that can be read");
  const std::string locked = identity_.encryptedKey("open sesame");
  EXPECT_EQ(refusalOf({.cert = identity_.cert, .key = locked}), "tls.key is encrypted: tls.passphrase is missing");
  EXPECT_EQ(refusalOf({.cert = identity_.cert, .key = locked, .passphrase = "sesame"}),
            "tls.key is encrypted: tls.passphrase does not open it");
  EXPECT_EQ(refusalOf({.cert = identity_.cert, .key = locked, .passphrase = std::string(5000, 'x')}),
            "tls.key is encrypted: tls.passphrase does not open it");
  EXPECT_EQ(refusalOf({.cert = identity_.cert, .key = locked, .passphrase = "open sesame"}), "");
  EXPECT_EQ(refusalOf({.cert = identity_.cert, .key = identity_.key, .passphrase = "not needed"}), "");
}

TEST_F(TlsContextTest, RefusesVersionsAndCiphersThatThereAreNot) {
  EXPECT_EQ(refusalOf({.minVersion = "TLSv2"}).find("tls.minVersion: there is no 'TLSv2'"), 0u);
  EXPECT_EQ(refusalOf({.maxVersion = "SSLv3"}).find("tls.maxVersion: there is no 'SSLv3'"), 0u);
  EXPECT_EQ(refusalOf({.minVersion = "TLSv1.3", .maxVersion = "TLSv1.2"}),
            "tls.minVersion (TLSv1.3) is above tls.maxVersion (TLSv1.2)");
  EXPECT_EQ(refusalOf({.ciphers = "NONSENSE"}).find("tls.ciphers: OpenSSL can't use 'NONSENSE'"), 0u);
  EXPECT_EQ(refusalOf({.ciphers = "TLS_NONSENSE"}).find("tls.ciphers: OpenSSL can't use 'TLS_NONSENSE'"), 0u);
  EXPECT_EQ(refusalOf({.ciphers = "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"}), "");
}

TEST_F(TlsContextTest, AVersionWithoutCiphersIsNotUsed) {
  const auto versionsOf = [](const TlsOptions& options) {
    SSL_CTX* context = contextOf(options)->get();
    return std::pair(SSL_CTX_get_min_proto_version(context), SSL_CTX_get_max_proto_version(context));
  };
  EXPECT_EQ(versionsOf({}), std::pair(long{TLS1_2_VERSION}, 0L));
  EXPECT_EQ(versionsOf({.ciphers = "TLS_AES_128_GCM_SHA256"}), std::pair(long{TLS1_3_VERSION}, 0L));
  EXPECT_EQ(versionsOf({.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"}),
            std::pair(long{TLS1_2_VERSION}, long{TLS1_2_VERSION}));
}

TEST_F(TlsContextTest, EqualOptionsShareOneContext) {
  const TlsOptions options = {.ca = authority_.cert()};
  const auto first = contextOf(options);
  EXPECT_EQ(contextOf(options), first);
  EXPECT_NE(contextOf({.ca = authority_.cert(), .servername = "other"}), first);
  // Failures are nobody's to share.
  EXPECT_NE(refusalOf({.ca = "nothing"}), "");
  EXPECT_NE(refusalOf({.ca = "nothing"}), "");
}

TEST_F(TlsContextTest, IdentityTellsEveryOptionApart) {
  const std::string locked = identity_.encryptedKey("one");
  const TlsOptions base = {.ca = authority_.cert(), .cert = identity_.cert, .key = identity_.key};
  std::set<std::string> seen = {contextOf(base)->identity()};
  EXPECT_EQ(contextOf(base)->identity(), *seen.begin());
  EXPECT_EQ(seen.begin()->size(), 64u);
  const auto isNew = [&](auto change) {
    TlsOptions options = base;
    change(options);
    return seen.insert(contextOf(options)->identity()).second;
  };
  EXPECT_TRUE(isNew([&](TlsOptions& o) { o.ca += authority_.cert(); }));
  EXPECT_TRUE(isNew([&](TlsOptions& o) { o.cert += authority_.cert(); }));
  EXPECT_TRUE(isNew([](TlsOptions& o) { o.cert = o.key = ""; }));
  EXPECT_TRUE(isNew([](TlsOptions& o) { o.passphrase = "x"; }));
  EXPECT_TRUE(isNew([](TlsOptions& o) { o.servername = "x"; }));
  EXPECT_TRUE(isNew([](TlsOptions& o) { o.minVersion = "TLSv1.3"; }));
  EXPECT_TRUE(isNew([](TlsOptions& o) { o.maxVersion = "TLSv1.3"; }));
  EXPECT_TRUE(isNew([](TlsOptions& o) { o.ciphers = "TLS_AES_128_GCM_SHA256"; }));
  EXPECT_TRUE(isNew([](TlsOptions& o) { o.rejectUnauthorized = false; }));
  EXPECT_TRUE(isNew([&](TlsOptions& o) {
    o.key = locked;
    o.passphrase = "one";
  }));
}

}  // namespace
}  // namespace aurochs::test
