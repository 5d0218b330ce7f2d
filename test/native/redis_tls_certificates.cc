#include "redis_tls_certificates.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>

namespace aurochs::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void require(bool fine, const char* what) {
  if (fine) return;
  std::fprintf(stderr, "certificates: %s failed\n", what);
  std::abort();
}

Key newKey() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

template <typename Write>
std::string pem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), &BIO_free);
  require(write(text.get()) == 1, "PEM");
  char* begin = nullptr;
  const long length = BIO_get_mem_data(text.get(), &begin);
  return {begin, static_cast<size_t>(length)};
}

std::string pemOf(X509* certificate) {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string pemOf(EVP_PKEY* key) {
  return pem([&](BIO* out) { return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, value.c_str());
  X509_EXTENSION_free(extension);
}

/// @param issuer null: itself
Certificate certify(EVP_PKEY* key, X509* issuer, EVP_PKEY* issuerKey, const std::string& commonName, bool authority,
                    const CertificateFields& fields) {
  static long serial = 0;
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_time_adj_ex(X509_getm_notBefore(certificate.get()), fields.validFromDays, 0, nullptr);
  X509_time_adj_ex(X509_getm_notAfter(certificate.get()), fields.validToDays, 0, nullptr);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(commonName.c_str()),
                             -1, -1, 0);
  X509* signer = issuer == nullptr ? certificate.get() : issuer;
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  if (authority) {
    extend(certificate.get(), signer, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    extend(certificate.get(), signer, NID_subject_alt_name, fields.names);
  }
  require(X509_sign(certificate.get(), issuerKey, EVP_sha256()) > 0, "X509_sign");
  return certificate;
}

}  // namespace

std::string Identity::encryptedKey(const std::string& passphrase) const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())),
                                                       &BIO_free);
  const Key plain(PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  return pem([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, plain.get(), EVP_aes_128_cbc(), passphrase.data(),
                                         static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
}

CertificateAuthority::CertificateAuthority(const std::string& commonName)
    : key_(newKey()), certificate_(certify(key_.get(), nullptr, key_.get(), commonName, true, {})) {
  cert_ = pemOf(certificate_.get());
}

Identity CertificateAuthority::issue(const CertificateFields& fields) const {
  const Key key = newKey();
  const Certificate certificate = certify(key.get(), certificate_.get(), key_.get(), "test", false, fields);
  return {pemOf(certificate.get()), pemOf(key.get())};
}

Identity selfSigned(const CertificateFields& fields) {
  const Key key = newKey();
  const Certificate certificate = certify(key.get(), nullptr, key.get(), "test", false, fields);
  return {pemOf(certificate.get()), pemOf(key.get())};
}

}  // namespace aurochs::test
