// The JavaScript threads that run one worker's jobs: which there are, which job goes to which, and what becomes of a
// thread's jobs when it ends. I/O thread only; owned by the worker loop. Threads are started and ended by JavaScript.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "loop/timer.h"
#include "worker/context.h"
#include "worker/runner.h"
#include "worker/thread_seat.h"

namespace aurochs::worker {

class ThreadGroup final : public Runner, public SeatListener, public std::enable_shared_from_this<ThreadGroup> {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    virtual void onOutcome(JobHandle handle, pool::Outcome outcome) = 0;
    virtual void onProgress(JobHandle handle, std::string json, Ticket ticket) = 0;
    virtual void onLog(JobHandle handle, std::string row, Ticket ticket) = 0;
    virtual void onCall(JobHandle handle, int64_t call, std::string request) = 0;
    /// A job begins on a thread.
    virtual void onStarted(JobHandle handle) = 0;
    /// The job's thread is gone, or none can be had (`thread` is 0). `error`: JSON text of what it must fail with, or
    /// empty when it isn't to blame. `running`: its thread could not be ended and is still at it.
    virtual void onOrphan(JobHandle handle, ThreadNumber thread, const std::string& error, bool running) = 0;
    /// ready() may have changed.
    virtual void onReadiness() = 0;
  };

  /// @param route which of the worker's routes it is the runner of.
  ThreadGroup(uv_loop_t* loop, Context context, size_t route, Host* host);
  ~ThreadGroup() override;

  /// Lets threads attach, and asks for the first.
  void open(const std::weak_ptr<IoThread>& io);
  /// `threads` at most, each with up to `jobsPerThread` jobs at once.
  void resize(size_t threads, size_t jobsPerThread);
  /// Tells all threads to end; they finish what they have first.
  void endThreads();

  // Runner
  [[nodiscard]] bool ready() const override { return available_; }
  void run(JobHandle handle, Job& job) override;
  void cancel(JobHandle handle, Job& job, const std::string& reason, bool insist) override;
  bool stop(JobHandle handle, Job& job, std::string error) override;

  // From the main thread.
  /// A thread has ended. @returns whether it had jobs.
  bool gone(ThreadNumber thread);
  /// A thread that was to be ended goes on; it is given up.
  void stuck(ThreadNumber thread);
  /// None can be started for now. The next that attaches ends this.
  void unavailable();
  void answer(JobHandle handle, int64_t call, bool ok, std::string text);

  // SeatListener
  void onSeatAttached(ThreadNumber thread, std::shared_ptr<EventSink> sink) override;
  void onSeatDetached(ThreadNumber thread) override;
  void onSeatOutcome(ThreadNumber thread, JobHandle handle, pool::Outcome outcome) override;
  void onSeatProgress(ThreadNumber thread, JobHandle handle, std::string json, Ticket ticket) override;
  void onSeatLog(ThreadNumber thread, JobHandle handle, std::string row, Ticket ticket) override;
  void onSeatCall(ThreadNumber thread, JobHandle handle, int64_t call, std::string request) override;
  void onSeatCancelling(ThreadNumber thread, JobHandle handle) override;

 private:
  ///   kOpen ──▶ kEnding (takes no more; told to stop once its jobs are done) ──▶ (gone)
  ///     └─────────▶ kTerminating (the main thread is ending it by force) ──▶ (gone)
  enum class SeatState : uint8_t { kOpen, kEnding, kTerminating };

  struct Cancellation {
    int64_t dueMs;
    std::string reason;
  };
  struct Seat {
    std::shared_ptr<EventSink> sink;  ///< Null once detached.
    SeatState state = SeatState::kOpen;
    std::vector<JobHandle> jobs;
    size_t taken = 0;
    int64_t idleSinceMs = 0;
    std::map<JobHandle, std::string> errors;         ///< Of the jobs for which the thread is terminated.
    std::map<JobHandle, Cancellation> unanswered{};  ///< When the thread counts as blocked.

    [[nodiscard]] bool isOpen() const { return state == SeatState::kOpen; }
  };
  using Seats = std::map<ThreadNumber, Seat>;

  Seats::iterator seatOf(JobHandle handle);
  bool has(ThreadNumber thread, JobHandle handle);
  Seats::iterator freeSeat();
  [[nodiscard]] size_t openSeats() const;
  void wantThreads();
  void wantThread();
  void fill();
  void give(Seat& seat, JobHandle handle, Job& job);
  void leave(Seat& seat, JobHandle handle);
  void settleSeat(Seat& seat);
  static void sendCancel(Seat& seat, JobHandle handle, const std::string& reason);
  void terminate(ThreadNumber thread, Seat& seat);
  bool remove(ThreadNumber thread, bool running);
  void arm();
  void tick();

  Context context_;
  const size_t index_;
  const Route& route_;
  Host* host_;
  Timer timer_;
  size_t threads_ = 1;
  size_t jobsPerThread_ = 1;
  size_t starting_ = 0;
  bool available_ = false;
  bool ending_ = false;
  Seats seats_;
  std::deque<JobHandle> pending_;
};

}  // namespace aurochs::worker
