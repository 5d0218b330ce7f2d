// RAND_METHOD is deprecated, and still the way in which OpenSSL's own fuzzers do this.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "tls_server.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "check.h"
#include "redis_tls_certificates.h"

namespace aurochs::fuzz {

namespace {

constexpr uint64_t kSeed = 0x9e3779b97f4a7c15;
uint64_t randomState = kSeed;

int randomBytes(unsigned char* bytes, int count) {
  for (int i = 0; i < count; ++i) {
    randomState ^= randomState << 13;
    randomState ^= randomState >> 7;
    randomState ^= randomState << 17;
    bytes[i] = static_cast<unsigned char>(randomState >> 32);
  }
  return 1;
}

struct Server {
  Server() : identity(test::selfSigned()), context(SSL_CTX_new(TLS_server_method())) {
    BIO* cert = BIO_new_mem_buf(identity.cert.data(), static_cast<int>(identity.cert.size()));
    BIO* key = BIO_new_mem_buf(identity.key.data(), static_cast<int>(identity.key.size()));
    X509* certificate = PEM_read_bio_X509(cert, nullptr, nullptr, nullptr);
    EVP_PKEY* privateKey = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
    FUZZ_CHECK(SSL_CTX_use_certificate(context, certificate) == 1);
    FUZZ_CHECK(SSL_CTX_use_PrivateKey(context, privateKey) == 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    EVP_PKEY_free(privateKey);
    X509_free(certificate);
    BIO_free(key);
    BIO_free(cert);
  }

  const test::Identity identity;
  SSL_CTX* const context;
};

/// For all inputs; its certificate is of the day.
const Server& server() {
  static const auto* const made = new Server;
  return *made;
}

}  // namespace

void beginRandom() {
  static RAND_METHOD method{};
  method.bytes = method.pseudorand = &randomBytes;
  method.status = [] { return 1; };
  randomState = kSeed;
  RAND_set_rand_method(&method);
}

TlsServer::TlsServer() : ssl_(SSL_new(server().context)) {
  SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl_);
}

TlsServer::~TlsServer() { SSL_free(ssl_); }

const std::string& TlsServer::certificate() { return server().identity.cert; }

std::string TlsServer::answer(std::string_view received, bool last) {
  BIO_write(SSL_get_rbio(ssl_), received.data(), static_cast<int>(received.size()));
  char buffer[1024];
  while (SSL_read(ssl_, buffer, sizeof buffer) > 0) {
    constexpr std::string_view kReply = "+PONG\r\n$5\r\nbytes\r\n";
    if (SSL_write(ssl_, kReply.data(), static_cast<int>(kReply.size())) > 0) said_ += kReply;
  }
  if (last && SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
  ERR_clear_error();
  char* begin = nullptr;
  const long length = BIO_get_mem_data(SSL_get_wbio(ssl_), &begin);
  const std::string bytes(begin, static_cast<size_t>(length));
  (void)BIO_reset(SSL_get_wbio(ssl_));
  return bytes;
}

}  // namespace aurochs::fuzz
