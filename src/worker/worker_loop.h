// BullMQ's worker loop: fetch, dispatch, renew locks, finish, sweep, pause and close, for one worker.
// Created anywhere, then used on the I/O thread only, except for what is marked "any thread".
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "loop/io_thread.h"
#include "worker/attempts.h"
#include "worker/batcher.h"
#include "worker/context.h"
#include "worker/fetcher.h"
#include "worker/finisher.h"
#include "worker/lock_keeper.h"
#include "worker/loop_lag.h"
#include "worker/native_run.h"
#include "worker/progress_writer.h"
#include "worker/router.h"
#include "worker/stalled_sweep.h"
#include "worker/time_limits.h"

namespace aurochs::worker {

///     connect(), start()          pause()                 nothing in flight
///   kIdle ───────────▶ kRunning ──────────▶ kPausing ──────────────────────▶ kPaused
///                         ▲                    │ resume()                       │ resume()
///                         └────────────────────┴────────────────────────────────┘
///   close() leads from every state to kClosing (jobs in flight finish; none are waited for when forced) and
///   kClosed.
enum class LoopState : uint8_t { kIdle, kRunning, kPausing, kPaused, kClosing, kClosed };

/// Of a loop's two connections.
struct LoopHealth {
  redis::Health commands;
  redis::Health blocking;
};

class WorkerLoop final : public RunListener,
                         public redis::ConnectionListener,
                         public Batcher::Host,
                         public Fetcher::Host,
                         public Finisher::Host,
                         public ProgressWriter::Host,
                         public ThreadGroup::Host,
                         public TimeLimits::Host,
                         public std::enable_shared_from_this<WorkerLoop> {
 public:
  /// @param concurrency jobs in flight at most, at least 1.
  WorkerLoop(std::weak_ptr<IoThread> io, Options options, size_t concurrency, std::unique_ptr<EventSink> sink);
  ~WorkerLoop() override;

  // Any thread.
  void setInterest(uint32_t mask) { interest_.store(mask, std::memory_order_relaxed); }
  bool cancel(const std::string& id) { return attempts_.cancel(id); }
  void cancelAll() { attempts_.cancelAll(); }
  [[nodiscard]] size_t inFlight() const { return inFlight_.load(std::memory_order_relaxed); }
  [[nodiscard]] LoopHealth health() const;

  /// Opens both connections; kReady follows once they are ready.
  void connect(uv_loop_t* loop);
  /// Works, also after a pause.
  void start();
  /// Fetches no more; kStopped with `epoch` follows once no job is in flight.
  void pause(int64_t epoch);
  /// Jobs in flight finish first, unless `force`: then they are left to be recovered as stalled. kClosed follows.
  /// May be called again to force a close that waits.
  void close(bool force);
  void setConcurrency(size_t concurrency);
  /// After connect(): JavaScript threads of a route at most, with up to `jobsPerThread` jobs each.
  void setThreads(size_t route, size_t threads, size_t jobsPerThread);

  /// A running inline job has a result (JSON text).
  void complete(JobHandle handle, std::string result);
  /// BullMQ's own code moves the job from now on: its lock is no longer renewed.
  void settling(JobHandle handle);
  /// That code is done with the job and has not fetched another.
  void settled(JobHandle handle, int64_t limitUntilMs, int64_t blockUntilMs, bool drained);
  /// It has fetched this next job, under the same token.
  void adopt(JobHandle handle, std::string id, std::shared_ptr<const protocol::JobHash> hash);
  /// A gated job's next iteration is scheduled: run it.
  void begin(JobHandle handle);
  /// A job can't be run, or not be stopped: leave it to be recovered as stalled.
  void drop(JobHandle handle);
  /// An inline job's function is called: its time limit counts from now.
  void started(JobHandle handle);
  /// The event loop has answered a kPing.
  void pong();

  /// Tells what runs the job with this id to stop. @param reason JSON text or empty.
  void cancelRunning(const std::string& id, const std::string& reason);
  /// The same for all jobs. @param insist what can't even hear of it is stopped.
  void cancelAllRunning(const std::string& reason, bool insist);
  /// Gives up all jobs in flight that are still running: kOrphaned follows for each.
  void giveUp();

  /// JavaScript threads: see ThreadGroup.
  void threadGone(ThreadNumber thread);
  void threadStuck(ThreadNumber thread);
  void threadsUnavailable(size_t route);
  void answer(JobHandle handle, int64_t call, bool ok, std::string text);

  // RunListener, from the native pool; onOutcome() from JavaScript threads too.
  void onOutcome(JobHandle handle, pool::Outcome outcome) override;
  void onProgress(JobHandle handle, std::string json) override;
  void onLog(JobHandle handle, std::string row) override;

 private:
  // redis::ConnectionListener, of the command connection.
  void onReady() override;
  void onDisconnect(const Error& error) override;
  // Batcher::Host
  size_t room(size_t leaving, size_t coming) override;
  void onFinishCode(JobHandle handle, int64_t code) override { finisher_->onCode(handle, code); }
  void onBatch(const Batcher::Fetched& fetched) override;
  void onBatchFailed(const std::vector<JobHandle>& jobs, bool filled, const Error& error) override;
  // Fetcher::Host, the first of Batcher::Host too
  void onFetched(protocol::NextJob next, std::shared_ptr<const std::string> token) override;
  bool hasRoom() override { return room(batcher_->leaving(), batcher_->coming()) > 0; }
  void onMarkerReady() override;
  void onIdle() override;
  // Finisher::Host
  bool mayFetchNext() override;
  void onFinished(JobHandle handle, protocol::NextJob next, bool fetched) override;
  void onFinishRefused(JobHandle handle, int64_t code, std::string message) override;
  // ProgressWriter::Host
  void onStored(JobHandle handle) override;
  // ThreadGroup::Host
  void onProgress(JobHandle handle, std::string json, Ticket ticket) override;
  void onLog(JobHandle handle, std::string row, Ticket ticket) override;
  void onCall(JobHandle handle, int64_t call, std::string request) override;
  void onStarted(JobHandle handle) override;
  void onOrphan(JobHandle handle, ThreadNumber thread, const std::string& error, bool running) override;
  void onReadiness() override;
  // TimeLimits::Host
  void onOverdue(JobHandle handle, const std::string& error) override;

  void tellReady();
  void startJob(std::string id, std::shared_ptr<const std::string> token,
                std::shared_ptr<const protocol::JobHash> hash);
  void enter(JobHandle handle);
  void runElsewhere(JobHandle handle, bool tell);
  [[nodiscard]] bool elsewhere(const Job& job) const;
  void failed(JobHandle handle, Job& job, pool::Outcome outcome);
  void refuse(JobHandle handle, Job& job, std::string reason);
  [[nodiscard]] bool wants(Interest event) const;
  [[nodiscard]] std::optional<std::string> refusal(const Job& job) const;
  void loadScripts();
  void releaseJob(JobHandle handle);
  void proceed();
  [[nodiscard]] bool stranded();
  void shutdown();

  std::weak_ptr<IoThread> io_;
  const Options options_;
  const protocol::QueueKeys keys_;
  std::unique_ptr<EventSink> sink_;

  // Any thread.
  std::atomic<uint32_t> interest_{0};
  std::atomic<size_t> inFlight_{0};
  Attempts attempts_;
  mutable Mutex healthMutex_;
  std::shared_ptr<const redis::HealthBoard> commandHealth_ GUARDED_BY(healthMutex_);
  std::shared_ptr<const redis::HealthBoard> blockingHealth_ GUARDED_BY(healthMutex_);

  // I/O thread only.
  LoopState state_ = LoopState::kIdle;
  size_t concurrency_;
  int64_t pauseEpoch_ = 0;
  bool toldReady_ = false;
  bool connected_ = false;  // the command connection, since onReady()
  int64_t lastCall_ = 0;
  JobTable jobs_;
  protocol::ScriptOptions scriptOptions_;
  // Made by connect(), in this order; destroyed by shutdown() in the reverse one.
  std::unique_ptr<redis::Connection> commands_;
  std::unique_ptr<Batcher> batcher_;
  std::unique_ptr<Fetcher> fetcher_;
  std::unique_ptr<Finisher> finisher_;
  std::unique_ptr<LoopLag> lag_;
  std::unique_ptr<LockKeeper> locks_;
  std::unique_ptr<StalledSweep> sweep_;
  std::unique_ptr<ProgressWriter> progress_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<TimeLimits> limits_;
};

}  // namespace aurochs::worker
