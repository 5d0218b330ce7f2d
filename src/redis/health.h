// How a connection is: written by the I/O thread, read by any.
// Owned by the connection and by whoever wants to know.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "base/result.h"

namespace aurochs::redis {

///         connect()                                              lost, reset(), READONLY, LOADING, no reply
///   kIdle ─────────▶ kLocating ─▶ kConnecting ─▶ kHandshaking ─▶ kReady ─────────────▶ kBackoff
///                        ▲              │               │                                 ▲ │
///                        │              └───────────────┴────── refused, timed out ───────┘ │
///                        └──────────────── 50 ms to 1 s, with jitter ───────────────────────┤
///                                                 retryStrategy gives up: kEnded ◀──────────┘
///   close() leads from every state to kClosed, connect() from kEnded to kLocating.
enum class ConnectionState : uint8_t {
  kIdle,
  kLocating,  ///< Which server, and at which address.
  kConnecting,
  kHandshaking,
  kReady,
  kBackoff,
  kEnded,
  kClosed
};

/// Times are uv_hrtime()'s, in ms; 0: never.
struct Health {
  ConnectionState state = ConnectionState::kIdle;
  std::string server;  ///< `host:port`, a path, or what it is a part of.
  uint64_t lastReplyMs = 0;
  uint64_t reconnects = 0;
  std::optional<Error> lastError;
  uint64_t lastErrorMs = 0;
};

class HealthBoard {
 public:
  [[nodiscard]] Health read() const;

  // I/O thread.
  void setState(ConnectionState state);
  void setServer(std::string server);
  void setError(Error error, uint64_t nowMs);
  void setReply(uint64_t nowMs) { lastReplyMs_.store(nowMs, std::memory_order_relaxed); }

 private:
  mutable Mutex mutex_;
  Health health_ GUARDED_BY(mutex_);
  bool wasReady_ GUARDED_BY(mutex_) = false;
  std::atomic<uint64_t> lastReplyMs_{0};  // apart: written with every read
};

}  // namespace aurochs::redis
