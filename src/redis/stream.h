// One stream of bytes to a server, from connecting to closing; a new one for each attempt to connect.
// I/O thread only; owned by a connection.
#pragma once

#include <uv.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "redis/endpoint.h"

namespace aurochs::redis {

class Stream {
 public:
  /// Called from the loop, never from inside a call of the stream. A call may destroy the stream.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// @param status 0, or libuv's error.
    virtual void onConnect(int status) = 0;
    /// Connected, but not with whom or how it must be: a certificate, a protocol. Comes instead of onConnect(), or of
    /// onEnd().
    virtual void onRefused(const Error& why) = 0;
    virtual void onRead(std::string_view bytes) = 0;
    /// What was left of the last write() is gone: the stream takes the next.
    virtual void onWritten() = 0;
    /// No more can be read or written. @param status UV_EOF or libuv's error.
    virtual void onEnd(int status) = 0;
  };

  Stream() = default;
  /// No listener call follows; handles close by themselves.
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// One of both, once. @returns libuv's error when the attempt can't even begin: no onConnect() follows.
  [[nodiscard]] virtual int connectTcp(const sockaddr_storage& address, const Endpoint& options) = 0;
  [[nodiscard]] virtual int connectUnix(const std::string& path) = 0;

  /// After onConnect(0). @returns 0 or libuv's error.
  [[nodiscard]] virtual int startReading() = 0;

  /// Writes all of `bytes` and leaves it empty: at once as far as the system takes it, the rest in the background.
  /// Only while writing() is false. @returns 0 or libuv's error; most errors come as onEnd().
  [[nodiscard]] virtual int write(std::string& bytes) = 0;
  [[nodiscard]] virtual bool writing() const = 0;
  /// Bytes of the last write() that the system has not taken yet.
  [[nodiscard]] virtual size_t unwritten() const = 0;
};

/// Plain, or TLS when the endpoint says so.
std::unique_ptr<Stream> openStream(uv_loop_t* loop, const Endpoint& endpoint, Stream::Listener* listener);

}  // namespace aurochs::redis
