// TLS over a socket: what the socket reads and writes passes through a TLS session.
// I/O thread only; owned by a connection.
#pragma once

#include <memory>
#include <string>

#include "redis/socket.h"
#include "redis/tls_context.h"
#include "redis/tls_session.h"

namespace aurochs::redis {

///   kIdle ──connect──▶ kConnecting ──▶ kHandshaking ──▶ kOpen ──▶ kEnded
///                           └────────────────┴───────────────────────▲
/// onConnect(0) comes with kOpen; in kEnded the listener has heard why. Over a unix socket the certificate may be for
/// any name, unless the context has a servername. startReading() comes from inside onConnect(0).
class TlsStream final : public Stream, private Stream::Listener {
 public:
  /// `endpoint.tls` is set; its context is kept.
  TlsStream(uv_loop_t* loop, const Endpoint& endpoint, Stream::Listener* listener);
  ~TlsStream() override;

  [[nodiscard]] int connectTcp(const sockaddr_storage& address, const Endpoint& options) override;
  [[nodiscard]] int connectUnix(const std::string& path) override;
  [[nodiscard]] int startReading() override;
  [[nodiscard]] int write(std::string& bytes) override;
  [[nodiscard]] bool writing() const override;
  [[nodiscard]] size_t unwritten() const override;

 private:
  enum class State { kIdle, kConnecting, kHandshaking, kOpen, kEnded };

  // Of the socket's listener.
  void onConnect(int status) override;
  void onRefused(const Error& why) override;
  void onRead(std::string_view bytes) override;
  void onWritten() override;
  void onEnd(int status) override;

  [[nodiscard]] int begin(const std::string& place, const std::string& host);
  [[nodiscard]] bool handshake();
  void deliver();
  [[nodiscard]] int flush();
  void refuse(const Error& why);
  void finish(int status);

  const std::shared_ptr<const TlsContext> context_;
  Stream::Listener* const listener_;
  State state_ = State::kIdle;
  std::string place_;  // the server's, for messages
  std::unique_ptr<TlsSession> session_;
  Socket socket_;

  bool reading_ = false;            // the listener wants to hear of what is read
  bool passedOn_ = false;           // the socket is writing something in the background
  bool deaf_ = false;               // the peer takes no more; what it said before that is still being read
  bool heardPeer_ = false;          // its first byte was one of TLS's
  bool* destroyed_ = nullptr;       // set by the destructor, for a listener call that is running
  std::unique_ptr<char[]> buffer_;  // made when first read into
};

}  // namespace aurochs::redis
