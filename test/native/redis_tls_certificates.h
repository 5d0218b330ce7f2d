// Certificates of the tests' own, made while they run: nothing expires, no key lies in the repository.
// Plain values; test thread only.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace aurochs::test {

/// A certificate and its private key in PEM.
struct Identity {
  std::string cert;
  std::string key;
  /// The same key under a passphrase.
  [[nodiscard]] std::string encryptedKey(const std::string& passphrase) const;
};

struct CertificateFields {
  std::string names = "IP:127.0.0.1";  ///< As in OpenSSL's subjectAltName: `DNS:…,IP:…`.
  int validFromDays = -1;              ///< From today.
  int validToDays = 1;
};

class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& commonName = "Tests");
  [[nodiscard]] const std::string& cert() const { return cert_; }
  [[nodiscard]] Identity issue(const CertificateFields& fields = {}) const;

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
  std::string cert_;
};

/// Signed by its own key.
Identity selfSigned(const CertificateFields& fields = {});

}  // namespace aurochs::test
