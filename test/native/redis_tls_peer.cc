#include "redis_tls_peer.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <utility>

namespace aurochs::test {

TlsPeer::TlsPeer(const Identity& identity, Answer answer)
    : answer_(std::move(answer)), context_(SSL_CTX_new(TLS_server_method())) {
  BIO* cert = BIO_new_mem_buf(identity.cert.data(), static_cast<int>(identity.cert.size()));
  BIO* key = BIO_new_mem_buf(identity.key.data(), static_cast<int>(identity.key.size()));
  X509* certificate = PEM_read_bio_X509(cert, nullptr, nullptr, nullptr);
  EVP_PKEY* privateKey = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
  EXPECT_EQ(SSL_CTX_use_certificate(context_, certificate), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey(context_, privateKey), 1);
  EVP_PKEY_free(privateKey);
  X509_free(certificate);
  BIO_free(key);
  BIO_free(cert);
}

TlsPeer::~TlsPeer() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
}

FakeServer::Respond TlsPeer::respond() {
  return [this](std::string_view received) -> std::string {
    if (!received.empty()) return exchange(received);
    SSL_free(ssl_);
    ssl_ = SSL_new(context_);
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_);
    return "";
  };
}

std::string TlsPeer::servername() const {
  const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

std::string TlsPeer::exchange(std::string_view received) {
  BIO_write(SSL_get_rbio(ssl_), received.data(), static_cast<int>(received.size()));
  std::string request;
  char buffer[4096];
  for (int count; (count = SSL_read(ssl_, buffer, sizeof buffer)) > 0;) {
    request.append(buffer, static_cast<size_t>(count));
  }
  if (ERR_peek_error() != 0) failure_ = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  if (!request.empty()) {
    const std::string reply = answer_(request);
    if (!reply.empty()) SSL_write(ssl_, reply.data(), static_cast<int>(reply.size()));
  }
  char* begin = nullptr;
  const long length = BIO_get_mem_data(SSL_get_wbio(ssl_), &begin);
  std::string encrypted(begin, static_cast<size_t>(length));
  (void)BIO_reset(SSL_get_wbio(ssl_));
  if (beforeSending) beforeSending(encrypted);
  return encrypted;
}

}  // namespace aurochs::test
