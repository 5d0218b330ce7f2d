// What a TLS connection needs before it begins: certificates, key, whom to trust. Equal options share one.
// Immutable: any thread, shared by the connections.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace aurochs::redis {

/// Node's option names. Texts are PEM, several certificates one behind the other.
struct TlsOptions {
  std::string ca{};          ///< Whom to trust. Empty: nobody.
  std::string cert{};        ///< The client's certificate and chain; empty: none.
  std::string key{};         ///< Its private key.
  std::string passphrase{};  ///< The key's.
  std::string servername{};  ///< Sent as SNI, and what the certificate must be for; empty: the host connected to.
  std::string minVersion = "TLSv1.2";
  std::string maxVersion{};  ///< Empty: what OpenSSL has.
  std::string ciphers{};     ///< OpenSSL's list; empty: its default.
  bool rejectUnauthorized = true;
};

class TlsContext {
 public:
  /// The one that there is for such options, or a new one. @returns kConfig, naming the option, for what can't be used.
  static Result<std::shared_ptr<const TlsContext>> create(const TlsOptions& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] ssl_ctx_st* get() const { return context_; }
  [[nodiscard]] const std::string& servername() const { return servername_; }
  [[nodiscard]] bool verifies() const { return verifies_; }
  /// Equal for contexts of equal options; holds no secret in the clear.
  [[nodiscard]] const std::string& identity() const { return identity_; }

 private:
  TlsContext() = default;

  ssl_ctx_st* context_ = nullptr;
  std::string servername_;
  bool verifies_ = true;
  std::string identity_;
};

}  // namespace aurochs::redis
