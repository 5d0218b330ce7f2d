// Waits for the queue's marker (BZPOPMIN) on a connection of its own, with a deadline of its own.
// I/O thread only; owned by its worker loop.
#pragma once

#include <cstdint>
#include <optional>

#include "redis/connection.h"

namespace aurochs::worker {

/// A popped marker: there is work, or a delayed job falls due.
struct Marker {
  std::string member;
  std::string score;    ///< As Redis wrote it; delayed jobs' has a fraction.
  int64_t dueAtMs = 0;  ///< 0: there is work; else when the next delayed job is due (Unix time).
};

class MarkerWait final : private redis::ConnectionListener {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// The connection is ready (again): wait() may be called.
    virtual void onMarkerReady() = 0;
    virtual void onMarkerDisconnect(const Error& error) = 0;
  };
  /// Nothing when the time-out passed; an error when the connection went.
  using Handler = UniqueFunction<void(Result<std::optional<Marker>>)>;

  MarkerWait(uv_loop_t* loop, redis::Endpoint endpoint, std::string markerKey, Owner* owner);

  void connect() { connection_.connect(); }
  void close(Task done) { connection_.close(std::move(done)); }
  [[nodiscard]] bool ready() const { return connection_.ready(); }
  [[nodiscard]] std::shared_ptr<const redis::HealthBoard> health() const { return connection_.health(); }

  /// One wait at a time. `timeoutMs` at least 2: older servers round less than that to "forever".
  void wait(int64_t timeoutMs, Handler handler);
  /// Makes the connection anew.
  void renew(const Error& why) { connection_.reset(why); }
  /// Ends a wait by dropping the connection: its handler gets an error.
  void cancel();

 private:
  void onReady() override { owner_->onMarkerReady(); }
  void onDisconnect(const Error& error) override;

  std::string markerKey_;
  Owner* owner_;
  redis::Connection connection_;
  bool waiting_ = false;
  bool cancelling_ = false;
};

}  // namespace aurochs::worker
