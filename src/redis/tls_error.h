// What went wrong in OpenSSL: Node's code, and words that say what to do about it.
// Any thread; reads and clears the calling thread's error queue.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "base/result.h"

namespace aurochs::redis {

/// OpenSSL's error queue belongs to the thread, and on JavaScript's Node uses it too: nobody else's errors are there
/// while one of these lives, and none of ours stay behind.
class TlsErrorQueue {
 public:
  TlsErrorQueue();
  ~TlsErrorQueue();
  TlsErrorQueue(const TlsErrorQueue&) = delete;
  TlsErrorQueue& operator=(const TlsErrorQueue&) = delete;

  /// The reason of the first error in OpenSSL's words.
  [[nodiscard]] static std::string reason();
};

/// Why a call on `ssl` failed with SSL_ERROR_SSL. Call it before anything else touches the error queue.
/// @param place the server's, for the message @param name what its certificate must be for
Error tlsRefusal(SSL* ssl, const std::string& place, const std::string& name);

/// The server began with something that is no TLS record.
Error notTls(const std::string& place);

/// The connection ended while TLS was being set up. @param status UV_EOF or libuv's error
Error endedInHandshake(const std::string& place, int status);

}  // namespace aurochs::redis
