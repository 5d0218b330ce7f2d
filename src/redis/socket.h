// A plain stream: TCP or a unix socket.
// I/O thread only; owned by a connection, or by the TLS over it.
#pragma once

#include "redis/stream.h"

namespace aurochs::redis {

class Socket final : public Stream {
 public:
  Socket(uv_loop_t* loop, Listener* listener);
  ~Socket() override;

  [[nodiscard]] int connectTcp(const sockaddr_storage& address, const Endpoint& options) override;
  [[nodiscard]] int connectUnix(const std::string& path) override;
  [[nodiscard]] int startReading() override;
  [[nodiscard]] int write(std::string& bytes) override;
  [[nodiscard]] bool writing() const override;
  [[nodiscard]] size_t unwritten() const override;

 private:
  struct Handle;  // outlives the Socket until libuv has closed it

  uv_loop_t* loop_;
  Handle* handle_;
};

}  // namespace aurochs::redis
