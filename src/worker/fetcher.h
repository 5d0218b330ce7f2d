// Decides when to ask Redis for the next job: fetches while there is room, else waits for the queue's marker,
// for a delayed job to fall due, or for a rate limit to pass. I/O thread only; owned by its worker loop.
#pragma once

#include <cstdint>

#include "loop/timer.h"
#include "protocol/next_job.h"
#include "worker/batcher.h"
#include "worker/context.h"
#include "worker/marker_wait.h"

namespace aurochs::worker {

class Fetcher final : private MarkerWait::Owner {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    /// Running, and fewer jobs in flight or on their way than concurrency allows.
    virtual bool hasRoom() = 0;
    virtual void onFetched(protocol::NextJob next, std::shared_ptr<const std::string> token) = 0;
    /// The connection that waits for markers is ready (again).
    virtual void onMarkerReady() = 0;
    /// A fetch came to its end without a job; the worker may have waited for that to stop.
    virtual void onIdle() = 0;
  };

  Fetcher(uv_loop_t* loop, Context context, protocol::ScriptOptions& scriptOptions, Batcher& batcher, Host* host);

  void connect() { marker_.connect(); }
  void close(Task done);

  /// Fetches, waits or does nothing, as the state demands. Call it whenever something has changed.
  void pump();
  /// The command connection is ready (again).
  void onCommandsReady();
  /// Gives up the wait for a marker: the worker is paused or closing.
  void cancelWait();

  /// What a script said of the time to come; a fetch that found nothing makes the queue drained.
  void onReply(const protocol::NextJob& next);
  /// The same of a batch.
  void onBatch(const Batcher::Fetched& batch);
  /// The batch that was to fill the room has failed.
  void onFillFailed(const Error& error);
  /// The same from BullMQ's own code on the main thread (Unix times in ms, 0: nothing to tell).
  void onSettled(int64_t limitUntilMs, int64_t blockUntilMs, bool drained);

  /// Makes the connection of the wait anew.
  void renewWait(const Error& why) { marker_.renew(why); }
  [[nodiscard]] bool markerReady() const { return marker_.ready(); }
  [[nodiscard]] std::shared_ptr<const redis::HealthBoard> markerHealth() const { return marker_.health(); }
  [[nodiscard]] bool fetching() const { return fetching_; }
  [[nodiscard]] bool drained() const { return drained_; }

 private:
  void fetch();
  void fetchOne();
  void wait();
  void onFetchReply(Result<redis::ReplyView> result, std::shared_ptr<const std::string> token);
  void onMarker(int64_t blockedUntilMs, Result<std::optional<Marker>> result);
  void onWaitRefused(const Error& error);
  void learn(const Batcher::Fetched& reply);
  void markDrained();
  void putBack(const Marker& marker);
  void pauseFor(int64_t delayMs, bool limited);
  void pauseAfter(const Error& error);
  [[nodiscard]] int64_t blockTimeoutMs(int64_t nowMs) const;

  void onMarkerReady() override;
  void onMarkerDisconnect(const Error& error) override { context_.reportError(error); }

  Context context_;
  protocol::ScriptOptions& scriptOptions_;
  Batcher& batcher_;
  Host* host_;
  MarkerWait marker_;
  Timer delay_;
  bool fetching_ = false;
  bool waiting_ = false;
  bool drained_ = false;
  /// The marker may be gone although its job is not fetched: ask for a job before waiting for the marker again.
  bool fetchFirst_ = false;
  int64_t limitUntilMs_ = 0;
  int64_t blockUntilMs_ = 0;
  /// Not fetched for yet: to be put back if that doesn't come about.
  std::optional<Marker> popped_;
};

}  // namespace aurochs::worker
