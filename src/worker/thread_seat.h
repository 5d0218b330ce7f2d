// A JavaScript thread's place at a worker loop: jobs come to it as events, what it makes of them goes back.
// Made and used on that thread, whose environment owns it; whatever it says is posted to the I/O thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "loop/io_thread.h"
#include "pool/processor.h"
#include "worker/event.h"

namespace aurochs::worker {

using ThreadNumber = uint32_t;
/// A progress call or log row on its way to Redis: one less for its thread once the last copy is gone.
using Ticket = std::shared_ptr<void>;

/// Who hears of seats: all calls come on the I/O thread.
class SeatListener {
 public:
  virtual ~SeatListener() = default;
  virtual void onSeatAttached(ThreadNumber thread, std::shared_ptr<EventSink> sink) = 0;
  virtual void onSeatDetached(ThreadNumber thread) = 0;
  virtual void onSeatOutcome(ThreadNumber thread, JobHandle handle, pool::Outcome outcome) = 0;
  virtual void onSeatProgress(ThreadNumber thread, JobHandle handle, std::string json, Ticket ticket) = 0;
  virtual void onSeatLog(ThreadNumber thread, JobHandle handle, std::string row, Ticket ticket) = 0;
  virtual void onSeatCall(ThreadNumber thread, JobHandle handle, int64_t call, std::string request) = 0;
  virtual void onSeatCancelling(ThreadNumber thread, JobHandle handle) = 0;
};

/// Where threads find the group that they belong to. Any thread.
struct SeatGroup {
  std::weak_ptr<IoThread> io;
  std::weak_ptr<SeatListener> listener;
  std::string queue;
  std::string prefix;

  static void open(const std::string& name, SeatGroup group);
  static void close(const std::string& name);
  static std::optional<SeatGroup> find(const std::string& name);
};

class ThreadSeat {
 public:
  /// Takes a seat: jobs come to `sink`.
  ThreadSeat(SeatGroup group, ThreadNumber thread, std::shared_ptr<EventSink> sink);
  /// Detaches. Nothing is posted to the sink once the I/O thread has heard of it.
  ~ThreadSeat();
  ThreadSeat(const ThreadSeat&) = delete;
  ThreadSeat& operator=(const ThreadSeat&) = delete;

  [[nodiscard]] const std::string& queue() const { return group_.queue; }
  [[nodiscard]] const std::string& prefix() const { return group_.prefix; }

  void complete(JobHandle handle, std::string json);
  /// @param error JSON text: name, message, stack, …
  void fail(JobHandle handle, std::string error);
  /// @returns false when 1,024 calls are on their way: nothing was stored.
  bool progress(JobHandle handle, std::string json);
  bool log(JobHandle handle, std::string row);
  /// Has a method of BullMQ's Job called on the main thread; kAnswer follows.
  void call(JobHandle handle, int64_t call, std::string request);
  /// The job's signal was aborted: the thread's event loop is alive.
  void cancelling(JobHandle handle);
  /// Takes no more jobs. Idempotent.
  void detach();

 private:
  template <typename F>
  void post(F&& tell);
  /// @returns null when too many are out.
  Ticket takeTicket();

  const SeatGroup group_;
  const ThreadNumber thread_;
  bool attached_ = true;
  std::shared_ptr<std::atomic<int>> tickets_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace aurochs::worker
