#include "redis/tls_error.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <uv.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <string_view>

namespace aurochs::redis {

namespace {

struct Verification {
  long result;
  const char* code;
  const char* advice;
};

constexpr const char* kGiveCa = "give the authority that signed the server's certificate as tls.ca";
constexpr const char* kCheckDates = "renew the server's certificate, or correct this machine's clock";
constexpr const char* kCheckServer = "the server needs a certificate that is meant for this";

// Node's names. What is not here is UNSPECIFIED there, too.
constexpr Verification kVerifications[] = {
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "UNABLE_TO_GET_ISSUER_CERT", kGiveCa},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", kGiveCa},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "UNABLE_TO_VERIFY_LEAF_SIGNATURE", kGiveCa},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "DEPTH_ZERO_SELF_SIGNED_CERT",
     "to trust the server's certificate itself, give it as tls.ca"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "SELF_SIGNED_CERT_IN_CHAIN", kGiveCa},
    {X509_V_ERR_CERT_UNTRUSTED, "CERT_UNTRUSTED", kGiveCa},
    {X509_V_ERR_CERT_NOT_YET_VALID, "CERT_NOT_YET_VALID", kCheckDates},
    {X509_V_ERR_CERT_HAS_EXPIRED, "CERT_HAS_EXPIRED", kCheckDates},
    {X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD, "ERROR_IN_CERT_NOT_BEFORE_FIELD", kCheckServer},
    {X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD, "ERROR_IN_CERT_NOT_AFTER_FIELD", kCheckServer},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, "CERT_SIGNATURE_FAILURE", kGiveCa},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, "CERT_CHAIN_TOO_LONG", kCheckServer},
    {X509_V_ERR_CERT_REVOKED, "CERT_REVOKED", kCheckServer},
    {X509_V_ERR_INVALID_CA, "INVALID_CA", "a certificate that signs others must say that it may: check tls.ca"},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, "PATH_LENGTH_EXCEEDED", kCheckServer},
    {X509_V_ERR_INVALID_PURPOSE, "INVALID_PURPOSE", kCheckServer},
    {X509_V_ERR_CERT_REJECTED, "CERT_REJECTED", kCheckServer},
};

Error refusal(std::string code, const std::string& place, const std::string& what, const std::string& advice) {
  return {ErrorKind::kConnection, std::move(code), "TLS with " + place + " failed: " + what + "; " + advice};
}

/// The names in a certificate, as it lists them: `DNS:redis.example.com, IP Address:10.0.0.1`.
std::string namesOf(X509* certificate) {
  constexpr long kLongest = 200;
  X509_EXTENSION* names = X509_get_ext(certificate, X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1));
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), &BIO_free);
  if (names == nullptr || !text || X509V3_EXT_print(text.get(), names, 0, 0) != 1) return "";
  char* begin = nullptr;
  const long length = BIO_get_mem_data(text.get(), &begin);
  std::string result(begin, static_cast<size_t>(std::clamp(length, 0L, kLongest)));
  // The server writes what it likes there.
  std::replace_if(
      result.begin(), result.end(), [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  return length > kLongest ? result + " …" : result;
}

Error untrusted(SSL* ssl, long result, const std::string& place, const std::string& name) {
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  // OpenSSL stops at the first objection to a certificate without its issuer, Node goes on to the second.
  if (result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY && sk_X509_num(chain) == 1) {
    result = X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
  }
  if (result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    const std::string names = sk_X509_num(chain) > 0 ? namesOf(sk_X509_value(chain, 0)) : "";
    return refusal("ERR_TLS_CERT_ALTNAME_INVALID", place,
                   "the server's certificate is not for '" + name + '\'' + (names.empty() ? "" : " but for " + names),
                   "connect by a name that it is for, or give that as tls.servername");
  }
  const auto* known = std::find_if(std::begin(kVerifications), std::end(kVerifications),
                                   [result](const Verification& entry) { return entry.result == result; });
  const std::string what =
      std::string("the server's certificate was refused: ") + X509_verify_cert_error_string(result);
  if (known == std::end(kVerifications)) return refusal("UNSPECIFIED", place, what, kCheckServer);
  return refusal(known->code, place, what, known->advice);
}

const char* adviceFor(int reason) {
  switch (reason - SSL_AD_REASON_OFFSET) {  // an alert of the server's
    case SSL_AD_CERTIFICATE_REQUIRED:
      return "the server asks for a client certificate: give tls.cert and tls.key";
    case SSL_AD_HANDSHAKE_FAILURE:
      return "the server may ask for a client certificate (tls.cert and tls.key), or share none of the tls.ciphers";
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_DECRYPT_ERROR:
      return "the server does not accept our certificate: check tls.cert against what it trusts";
    case SSL_AD_PROTOCOL_VERSION:
      return "the server speaks no TLS version between tls.minVersion and tls.maxVersion";
    case SSL_AD_UNRECOGNIZED_NAME:
      return "the server does not know the name: check the host or tls.servername";
    default:
      break;
  }
  if (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_NO_PROTOCOLS_AVAILABLE) {
    return "the server speaks no TLS version between tls.minVersion and tls.maxVersion";
  }
  return "check the server's TLS settings against the tls option";
}

}  // namespace

TlsErrorQueue::TlsErrorQueue() { ERR_clear_error(); }
TlsErrorQueue::~TlsErrorQueue() { ERR_clear_error(); }

std::string TlsErrorQueue::reason() {
  const char* text = ERR_reason_error_string(ERR_peek_error());
  return text == nullptr ? "unknown error" : text;
}

Error tlsRefusal(SSL* ssl, const std::string& place, const std::string& name) {
  const unsigned long error = ERR_peek_error();
  const bool ofSsl = ERR_GET_LIB(error) == ERR_LIB_SSL;
  const int reason = ERR_GET_REASON(error);
  const std::string what = TlsErrorQueue::reason();
  ERR_clear_error();
  if (ofSsl && reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    return untrusted(ssl, SSL_get_verify_result(ssl), place, name);
  }
  // Node's way to make a code of OpenSSL's words.
  std::string code = (ofSsl ? "ERR_SSL_" : "ERR_OSSL_") + what;
  for (char& c : code) c = c == ' ' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return refusal(code, place, what, ofSsl ? adviceFor(reason) : adviceFor(0));
}

Error notTls(const std::string& place) {
  return refusal("ERR_SSL_WRONG_VERSION_NUMBER", place, "the server's answer is not TLS",
                 "connect to its TLS port, or leave the tls option out");
}

Error endedInHandshake(const std::string& place, int status) {
  return refusal(status == UV_EOF ? "ECONNRESET" : uv_err_name(status), place,
                 "the server hung up before a secure connection was established",
                 "check that the port is one for TLS, and the server's log");
}

}  // namespace aurochs::redis
