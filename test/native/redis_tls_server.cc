#include "redis_tls_server.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace aurochs::test {

TlsRedisServer::TlsRedisServer(const Identity& identity, const std::string& clientCa, std::vector<std::string> options)
    : port_(freePort()) {
  char directory[] = "/tmp/aurochs-tls-XXXXXX";
  if (mkdtemp(directory) == nullptr) std::abort();
  directory_ = directory;
  std::vector<std::string> all = {"--tls-port",         std::to_string(port_),
                                  "--tls-cert-file",    write("cert.pem", identity.cert),
                                  "--tls-key-file",     write("key.pem", identity.key),
                                  "--tls-ca-cert-file", write("ca.pem", clientCa.empty() ? identity.cert : clientCa),
                                  "--tls-auth-clients", clientCa.empty() ? "no" : "yes"};
  all.insert(all.end(), options.begin(), options.end());
  server_ = std::make_unique<RedisServer>(std::move(all));
}

TlsRedisServer::~TlsRedisServer() {
  server_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

redis::Endpoint TlsRedisServer::endpoint(const redis::TlsOptions& options) const {
  redis::Endpoint endpoint;
  endpoint.port = port_;
  endpoint.tls = contextOf(options);
  return endpoint;
}

std::string TlsRedisServer::write(const char* name, const std::string& text) const {
  const std::string path = directory_ + '/' + name;
  std::ofstream(path) << text;
  return path;
}

std::shared_ptr<const redis::TlsContext> contextOf(const redis::TlsOptions& options) {
  auto context = redis::TlsContext::create(options);
  if (context) return context.value();
  ADD_FAILURE() << context.error().message;
  std::abort();
}

}  // namespace aurochs::test
