// A redis-server that also speaks TLS, on a port of its own, with a certificate of the test's.
// Test thread only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "redis/tls_context.h"
#include "redis_server.h"
#include "redis_tls_certificates.h"

namespace aurochs::test {

class TlsRedisServer {
 public:
  /// @param clientCa who signs the clients' certificates; empty: they need none
  /// @param options more of redis-server's
  explicit TlsRedisServer(const Identity& identity, const std::string& clientCa = "",
                          std::vector<std::string> options = {});
  ~TlsRedisServer();
  TlsRedisServer(const TlsRedisServer&) = delete;
  TlsRedisServer& operator=(const TlsRedisServer&) = delete;

  /// Its TLS port, with a context of `options`, which must be usable.
  [[nodiscard]] redis::Endpoint endpoint(const redis::TlsOptions& options) const;
  /// The same server without TLS.
  RedisServer& plain() { return *server_; }

 private:
  std::string write(const char* name, const std::string& text) const;

  std::string directory_;
  uint16_t port_;
  std::unique_ptr<RedisServer> server_;
};

/// Fails the test when the options are refused.
std::shared_ptr<const redis::TlsContext> contextOf(const redis::TlsOptions& options);

}  // namespace aurochs::test
