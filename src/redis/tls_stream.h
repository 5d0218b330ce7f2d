// TLS over a socket: OpenSSL reads and writes memory, the socket's bytes pass through it.
// I/O thread only; owned by a connection.
#pragma once

#include <memory>

#include "redis/socket.h"
#include "redis/tls_context.h"

namespace aurochs::redis {

class TlsStream final : public Stream, private Stream::Listener {
 public:
  /// `endpoint.tls` is set; its context is kept.
  TlsStream(uv_loop_t* loop, const Endpoint& endpoint, Listener* listener);
  ~TlsStream() override;

  [[nodiscard]] int connectTcp(const sockaddr_storage& address, const Endpoint& options) override;
  [[nodiscard]] int connectUnix(const std::string& path) override;
  [[nodiscard]] int startReading() override;
  [[nodiscard]] int write(std::string& bytes) override;
  [[nodiscard]] bool writing() const override;
  [[nodiscard]] size_t unwritten() const override;

 private:
  void onConnect(int status) override;
  void onRefused(const Error& why) override;
  void onRead(std::string_view bytes) override;
  void onWritten() override;
  void onEnd(int status) override;
};

}  // namespace aurochs::redis
