// One stream to a server, TCP or unix socket, from connecting to closing; a new one for each attempt.
// I/O thread only; owned by a connection.
#pragma once

#include <uv.h>

#include <string>
#include <string_view>

#include "redis/endpoint.h"

namespace aurochs::redis {

class Socket {
 public:
  /// Called from the loop, never from inside a call of the socket. A call may destroy the socket.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// @param status 0, or libuv's error.
    virtual void onConnect(int status) = 0;
    virtual void onRead(std::string_view bytes) = 0;
    /// What was left of the last write() is gone: the socket takes the next.
    virtual void onWritten() = 0;
    /// No more can be read or written. @param status UV_EOF or libuv's error.
    virtual void onEnd(int status) = 0;
  };

  Socket(uv_loop_t* loop, Listener* listener);
  /// No listener call follows; the handle closes by itself.
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// One of both, once. @returns libuv's error when the attempt can't even begin: no onConnect() follows.
  [[nodiscard]] int connectTcp(const sockaddr_storage& address, const Endpoint& options);
  [[nodiscard]] int connectUnix(const std::string& path);

  /// After onConnect(0). @returns 0 or libuv's error.
  [[nodiscard]] int startReading();

  /// Writes all of `bytes` and leaves it empty: at once as far as the system takes it, the rest in the background.
  /// Only while writing() is false. @returns 0 or libuv's error; most errors come as onEnd().
  [[nodiscard]] int write(std::string& bytes);
  [[nodiscard]] bool writing() const;

 private:
  struct Handle;  // outlives the Socket until libuv has closed it

  uv_loop_t* loop_;
  Handle* handle_;
};

}  // namespace aurochs::redis
