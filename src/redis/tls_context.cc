#include "redis/tls_context.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/mutex.h"
#include "redis/tls_error.h"

namespace aurochs::redis {

namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

/// Empty when all went well, else what is wrong: the message of a kConfig error.
using Problem = std::string;

Bio reading(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

struct Passphrase {
  const std::string& text;
  bool wasAsked = false;
};

// Never OpenSSL's own way, which is to ask on the terminal.
int tellPassphrase(char* buffer, int size, int, void* data) {
  auto* passphrase = static_cast<Passphrase*>(data);
  passphrase->wasAsked = true;
  const std::string& text = passphrase->text;
  if (text.empty() || text.size() > static_cast<size_t>(size)) return -1;
  std::memcpy(buffer, text.data(), text.size());
  return static_cast<int>(text.size());
}

/// The next certificate in the text, or null at its end. What is not a certificate (text, keys) is passed over.
Certificate nextCertificate(BIO* text, Problem& problem, const char* option) {
  const std::string none;
  Passphrase passphrase{none};
  Certificate certificate(PEM_read_bio_X509_AUX(text, nullptr, &tellPassphrase, &passphrase));
  if (!certificate && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    problem = std::string(option) + ": a certificate in it can't be read: " + TlsErrorQueue::reason();
  }
  ERR_clear_error();
  return certificate;
}

Problem versionOf(const char* option, const std::string& name, int& version) {
  constexpr std::pair<std::string_view, int> kVersions[] = {{"", 0},
                                                            {"TLSv1", TLS1_VERSION},
                                                            {"TLSv1.1", TLS1_1_VERSION},
                                                            {"TLSv1.2", TLS1_2_VERSION},
                                                            {"TLSv1.3", TLS1_3_VERSION}};
  for (const auto& [known, value] : kVersions) {
    if (name != known) continue;
    version = value;
    return {};
  }
  return std::string(option) + ": there is no '" + name + "'; it takes TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3";
}

// OpenSSL has two lists, Node one, in which TLS 1.3's begin with TLS_. A version that none is given for is not used.
Problem useCiphers(SSL_CTX* context, const std::string& ciphers, int& min, int& max) {
  if (ciphers.empty()) return {};
  std::string suites, list;
  for (size_t begin = 0; begin <= ciphers.size();) {
    const size_t end = std::min(ciphers.find(':', begin), ciphers.size());
    const std::string_view name = std::string_view(ciphers).substr(begin, end - begin);
    std::string& target = name.starts_with("TLS_") ? suites : list;
    if (!name.empty()) target.append(target.empty() ? "" : ":").append(name);
    begin = end + 1;
  }
  if ((!suites.empty() && SSL_CTX_set_ciphersuites(context, suites.c_str()) != 1) ||
      (!list.empty() && SSL_CTX_set_cipher_list(context, list.c_str()) != 1)) {
    return "tls.ciphers: OpenSSL can't use '" + ciphers + "': " + TlsErrorQueue::reason();
  }
  const bool both = min < TLS1_3_VERSION && (max == 0 || max == TLS1_3_VERSION);
  if (both && suites.empty()) max = TLS1_2_VERSION;
  if (both && list.empty()) min = TLS1_3_VERSION;
  return {};
}

Problem useVersionsAndCiphers(SSL_CTX* context, const TlsOptions& options) {
  int min = 0, max = 0;
  if (Problem problem = versionOf("tls.minVersion", options.minVersion, min); !problem.empty()) return problem;
  if (Problem problem = versionOf("tls.maxVersion", options.maxVersion, max); !problem.empty()) return problem;
  if (max != 0 && min > max) {
    return "tls.minVersion (" + options.minVersion + ") is above tls.maxVersion (" + options.maxVersion + ')';
  }
  if (Problem problem = useCiphers(context, options.ciphers, min, max); !problem.empty()) return problem;
  if (SSL_CTX_set_min_proto_version(context, min) != 1 || SSL_CTX_set_max_proto_version(context, max) != 1) {
    return "tls.minVersion, tls.maxVersion: OpenSSL does not have these versions";
  }
  return {};
}

Problem trust(SSL_CTX* context, const std::string& ca) {
  if (ca.empty()) return {};
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  const Bio text = reading(ca);
  Problem problem;
  size_t count = 0;
  while (const Certificate certificate = nextCertificate(text.get(), problem, "tls.ca")) {
    // One that is there already is no failure.
    if (X509_STORE_add_cert(store, certificate.get()) != 1) return "tls.ca: " + TlsErrorQueue::reason();
    ++count;
  }
  if (problem.empty() && count == 0) return "tls.ca holds no certificate in PEM";
  return problem;
}

Problem useCertificate(SSL_CTX* context, const std::string& cert) {
  const Bio text = reading(cert);
  Problem problem;
  const Certificate own = nextCertificate(text.get(), problem, "tls.cert");
  if (!own) return problem.empty() ? "tls.cert holds no certificate in PEM" : problem;
  if (SSL_CTX_use_certificate(context, own.get()) != 1) return "tls.cert: " + TlsErrorQueue::reason();
  while (const Certificate issuer = nextCertificate(text.get(), problem, "tls.cert")) {
    if (SSL_CTX_add1_chain_cert(context, issuer.get()) != 1) return "tls.cert: " + TlsErrorQueue::reason();
  }
  return problem;
}

Problem useKey(SSL_CTX* context, const TlsOptions& options) {
  const Bio text = reading(options.key);
  Passphrase passphrase{options.passphrase};
  const Key key(PEM_read_bio_PrivateKey(text.get(), nullptr, &tellPassphrase, &passphrase));
  if (!key) {
    if (!passphrase.wasAsked) return "tls.key holds no private key in PEM that can be read";
    return std::string("tls.key is encrypted: tls.passphrase ") +
           (options.passphrase.empty() ? "is missing" : "does not open it");
  }
  ERR_clear_error();
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return "tls.cert and tls.key don't belong together: " + TlsErrorQueue::reason();
  }
  return {};
}

Problem identify(SSL_CTX* context, const TlsOptions& options) {
  if (options.cert.empty() && options.key.empty()) return {};
  if (options.key.empty()) return "tls.key, the private key of tls.cert, is missing";
  if (options.cert.empty()) return "tls.cert, the certificate that tls.key belongs to, is missing";
  if (Problem problem = useCertificate(context, options.cert); !problem.empty()) return problem;
  return useKey(context, options);
}

std::string digestOf(const TlsOptions& options) {
  const std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>> digest(EVP_MD_CTX_new());
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  const std::string verifies = options.rejectUnauthorized ? "1" : "0";
  for (const std::string* text : {&options.ca, &options.cert, &options.key, &options.passphrase, &options.servername,
                                  &options.minVersion, &options.maxVersion, &options.ciphers, &verifies}) {
    const size_t size = text->size();  // where one ends and the next begins
    EVP_DigestUpdate(digest.get(), &size, sizeof size);
    EVP_DigestUpdate(digest.get(), text->data(), size);
  }
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_DigestFinal_ex(digest.get(), bytes, &length);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += {kDigits[bytes[i] >> 4], kDigits[bytes[i] & 15]};
  }
  return hex;
}

// Reading the roots that Node trusts takes tens of milliseconds, and most workers of a process have the same options.
struct Contexts {
  Mutex mutex;
  std::map<std::string, std::weak_ptr<const TlsContext>> byIdentity GUARDED_BY(mutex);
};

Contexts& contexts() {
  static Contexts* const all = new Contexts();  // outlives every thread that could ask
  return *all;
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::create(const TlsOptions& options) {
  const TlsErrorQueue errors;
  const std::string identity = digestOf(options);
  Contexts& all = contexts();
  MutexLock lock(all.mutex);
  std::erase_if(all.byIdentity, [](const auto& entry) { return entry.second.expired(); });
  if (const auto found = all.byIdentity.find(identity); found != all.byIdentity.end()) {
    if (auto shared = found->second.lock()) return shared;
  }

  const std::shared_ptr<TlsContext> self(new TlsContext);
  SSL_CTX* context = self->context_ = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) return Error{ErrorKind::kConfig, "", "tls: OpenSSL has no context: " + errors.reason()};

  // Ciphers first: the security level that they may set says which certificates will do.
  Problem problem = useVersionsAndCiphers(context, options);
  if (problem.empty()) problem = trust(context, options.ca);
  if (problem.empty()) problem = identify(context, options);
  if (!problem.empty()) return Error{ErrorKind::kConfig, "", std::move(problem)};

  SSL_CTX_set_verify(context, options.rejectUnauthorized ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // most connections are idle most of the time
  self->servername_ = options.servername;
  self->verifies_ = options.rejectUnauthorized;
  self->identity_ = identity;
  all.byIdentity[identity] = self;
  return std::shared_ptr<const TlsContext>(self);
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

}  // namespace aurochs::redis
