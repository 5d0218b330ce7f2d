// A TLS server in memory, with a certificate of its own, and randomness that is the same for every input.
// One thread; owned by the target.
#pragma once

#include <openssl/ssl.h>

#include <string>
#include <string_view>

namespace aurochs::fuzz {

/// From here on, OpenSSL's random numbers are the same as the last time.
void beginRandom();

class TlsServer {
 public:
  TlsServer();
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// Its certificate, in PEM.
  static const std::string& certificate();

  /// Takes the client's bytes. @param last it says that it sends no more. @returns its own bytes.
  std::string answer(std::string_view received, bool last);
  /// All that it has said so far, before it was encrypted.
  [[nodiscard]] const std::string& said() const { return said_; }

 private:
  SSL* ssl_;
  std::string said_;
};

}  // namespace aurochs::fuzz
