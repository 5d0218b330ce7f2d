#include "redis/tls_session.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "redis/tls_error.h"

namespace aurochs::redis {

namespace {

bool isIpLiteral(const std::string& host) {
  unsigned char address[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
}

// As certificates have it: without the zone of `fe80::1%eth0`, or the dot that ends an absolute name.
std::string nameIn(std::string host) {
  if (host.find(':') != std::string::npos) host = host.substr(0, host.find('%'));
  if (host.ends_with('.')) host.pop_back();
  return host;
}

}  // namespace

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, std::string place)
    : context_(std::move(context)), place_(std::move(place)) {}

TlsSession::~TlsSession() { SSL_free(ssl_); }

bool TlsSession::begin(const std::string& host) {
  const TlsErrorQueue errors;
  ssl_ = SSL_new(context_->get());
  BIO* bio = method() == nullptr ? nullptr : BIO_new(method());
  if (ssl_ == nullptr || bio == nullptr) {
    BIO_free(bio);
    return false;
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_connect_state(ssl_);

  name_ = nameIn(context_->servername().empty() ? host : context_->servername());
  if (name_.empty()) return true;
  // An address can't be asked for by SNI.
  if (isIpLiteral(name_)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), name_.c_str()) == 1;
  SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(ssl_, name_.c_str()) == 1 && SSL_set1_host(ssl_, name_.c_str()) == 1;
}

TlsSession::Outcome TlsSession::handshake() {
  const TlsErrorQueue errors;
  return outcomeOf(SSL_do_handshake(ssl_));
}

TlsSession::Outcome TlsSession::read(std::span<char> buffer, size_t& filled) {
  const TlsErrorQueue errors;
  filled = 0;
  while (filled < buffer.size()) {
    size_t count = 0;
    const int result = SSL_read_ex(ssl_, buffer.data() + filled, buffer.size() - filled, &count);  // a record at most
    if (result != 1) return outcomeOf(result);
    filled += count;
  }
  return Outcome::kDone;
}

bool TlsSession::write(std::string_view bytes) {
  constexpr size_t kRecordBytes = 16 * 1024;
  constexpr size_t kOverheadBytes = 128;  // of a record; what it really is depends on the cipher
  if (bytes.empty()) return true;
  const TlsErrorQueue errors;
  const size_t needed = output_.size() + bytes.size() + (bytes.size() / kRecordBytes + 1) * kOverheadBytes;
  if (needed > output_.capacity()) output_.reserve(std::max(needed, 2 * output_.capacity()));
  size_t written = 0;
  return SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written) == 1;
}

void TlsSession::end() {
  const TlsErrorQueue errors;
  SSL_shutdown(ssl_);
}

TlsSession::Outcome TlsSession::outcomeOf(int result) {
  if (result == 1) return Outcome::kDone;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return Outcome::kNeedsInput;
    case SSL_ERROR_ZERO_RETURN:
      return Outcome::kEnded;
    default:
      failure_ = tlsRefusal(ssl_, place_, name_);
      return Outcome::kFailed;
  }
}

// OpenSSL's own BIO for memory would copy everything once more, in and out.
BIO_METHOD* TlsSession::method() {
  static BIO_METHOD* const made = [] {
    BIO_METHOD* bio = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "aurochs");
    if (bio == nullptr) return bio;
    BIO_meth_set_write_ex(bio, &writeOutput);
    BIO_meth_set_read_ex(bio, &readInput);
    BIO_meth_set_ctrl(bio, [](BIO*, int command, long, void*) -> long { return command == BIO_CTRL_FLUSH ? 1 : 0; });
    return bio;
  }();
  return made;
}

int TlsSession::writeOutput(BIO* bio, const char* bytes, size_t length, size_t* written) {
  BIO_clear_retry_flags(bio);
  static_cast<TlsSession*>(BIO_get_data(bio))->output_.append(bytes, length);
  *written = length;
  return 1;
}

int TlsSession::readInput(BIO* bio, char* buffer, size_t length, size_t* read) {
  std::string_view& input = static_cast<TlsSession*>(BIO_get_data(bio))->input_;
  BIO_clear_retry_flags(bio);
  *read = std::min(length, input.size());
  if (*read == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  std::memcpy(buffer, input.data(), *read);
  input.remove_prefix(*read);
  return 1;
}

}  // namespace aurochs::redis
