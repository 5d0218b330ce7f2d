// One TLS connection as OpenSSL sees it, without the network: the peer's bytes go in, bytes for the peer come out.
// I/O thread only; owned by a TLS stream.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "redis/tls_context.h"

namespace aurochs::redis {

class TlsSession {
 public:
  enum class Outcome {
    kDone,
    kNeedsInput,  ///< All input is used up.
    kEnded,       ///< The peer has said that it sends no more.
    kFailed,      ///< See failure(); there may be an alert to be sent.
  };

  /// @param place the server's, for messages
  TlsSession(std::shared_ptr<const TlsContext> context, std::string place);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// First of all. @param host what the server is known by, unless the context has a servername; empty: the
  /// certificate may be for any. @returns false when OpenSSL can't have such a session.
  [[nodiscard]] bool begin(const std::string& host);

  /// What the next calls use: the view must hold until they have used it up. Only when the last was used up.
  void feed(std::string_view input) { input_ = input; }
  [[nodiscard]] Outcome handshake();
  /// Fills `buffer` as far as the input goes; `filled` bytes count whatever the outcome is.
  [[nodiscard]] Outcome read(std::span<char> buffer, size_t& filled);
  /// Encrypts all of it. @returns false when there is no writing any more.
  [[nodiscard]] bool write(std::string_view bytes);
  /// Says that we send no more.
  void end();

  /// For the peer: sent by whoever owns the session, who takes it out, too.
  [[nodiscard]] std::string& output() { return output_; }
  /// Why the last outcome was kFailed.
  [[nodiscard]] const Error& failure() const { return failure_; }

 private:
  static BIO_METHOD* method();
  static int writeOutput(BIO* bio, const char* bytes, size_t length, size_t* written);
  static int readInput(BIO* bio, char* buffer, size_t length, size_t* read);
  [[nodiscard]] Outcome outcomeOf(int result);

  const std::shared_ptr<const TlsContext> context_;
  const std::string place_;
  std::string name_;  // what the certificate must be for
  SSL* ssl_ = nullptr;
  std::string_view input_;
  std::string output_;
  Error failure_;
};

}  // namespace aurochs::redis
