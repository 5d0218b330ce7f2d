// The server's side of TLS for a FakeServer, so that a test decides what happens inside of it.
// Test thread only.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "redis_fixture.h"
#include "redis_tls_certificates.h"

namespace aurochs::test {

class TlsPeer {
 public:
  /// Called with what the client sent, decrypted; what it returns is sent encrypted.
  using Answer = std::function<std::string(std::string_view received)>;

  TlsPeer(const Identity& identity, Answer answer);
  ~TlsPeer();
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  /// What a FakeServer calls; one client at a time.
  FakeServer::Respond respond();
  /// The present client's, or the last one's.
  [[nodiscard]] SSL* ssl() { return ssl_; }
  /// What it asked for by SNI.
  [[nodiscard]] std::string servername() const;
  /// Why it could not read on, in OpenSSL's words; stays.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// Sees, and may change, what is about to be sent to the client.
  std::function<void(std::string& encrypted)> beforeSending;

 private:
  std::string exchange(std::string_view received);

  const Answer answer_;
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  std::string failure_;
};

}  // namespace aurochs::test
