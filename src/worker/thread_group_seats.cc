// The half of ThreadGroup that hears of threads: what they say, and that they end. I/O thread only.
#include <utility>

#include "base/clock.h"
#include "worker/thread_group.h"

namespace aurochs::worker {

// --- threads that end -----------------------------------------------------------------------------------------------

bool ThreadGroup::gone(ThreadNumber thread) { return remove(thread, false); }

void ThreadGroup::stuck(ThreadNumber thread) { remove(thread, true); }

bool ThreadGroup::remove(ThreadNumber thread, bool running) {
  const auto found = seats_.find(thread);
  if (found == seats_.end()) return false;
  const Seat seat = std::move(found->second);
  seats_.erase(found);
  for (const JobHandle handle : seat.jobs) {
    const auto error = seat.errors.find(handle);
    host_->onOrphan(handle, thread, error == seat.errors.end() ? std::string() : error->second, running);
  }
  fill();
  return !seat.jobs.empty();
}

void ThreadGroup::unavailable() {
  if (openSeats() > 0) return;
  available_ = false;
  for (const JobHandle handle : std::exchange(pending_, {})) {
    if (context_.jobs.find(handle) != nullptr) host_->onOrphan(handle, 0, "", false);
  }
}

void ThreadGroup::answer(JobHandle handle, int64_t call, bool ok, std::string text) {
  const auto found = seatOf(handle);
  if (found == seats_.end() || !found->second.sink) return;
  Event event{EventType::kAnswer, handle};
  event.number = call;
  event.flag = ok;
  event.text = std::move(text);
  found->second.sink->post(std::move(event));
}

// --- what threads say -----------------------------------------------------------------------------------------------

void ThreadGroup::onSeatAttached(ThreadNumber thread, std::shared_ptr<EventSink> sink) {
  if (starting_ > 0) --starting_;
  Seat& seat = seats_[thread];
  seat.sink = std::move(sink);
  seat.idleSinceMs = steadyClockMs();
  if (ending_ || openSeats() > threads_) {
    seat.state = SeatState::kEnding;
    settleSeat(seat);
  }
  available_ = true;
  fill();
  host_->onReadiness();
}

void ThreadGroup::onSeatDetached(ThreadNumber thread) {
  const auto found = seats_.find(thread);
  if (found == seats_.end()) return;
  found->second.sink.reset();
  // Else its jobs wait for what the main thread knows of its end.
  if (found->second.jobs.empty()) seats_.erase(found);
}

bool ThreadGroup::has(ThreadNumber thread, JobHandle handle) {
  const auto found = seatOf(handle);
  return found != seats_.end() && found->first == thread;
}

void ThreadGroup::onSeatOutcome(ThreadNumber thread, JobHandle handle, pool::Outcome outcome) {
  if (!has(thread, handle)) return;
  leave(seats_.at(thread), handle);
  host_->onOutcome(handle, std::move(outcome));
  fill();
}

void ThreadGroup::onSeatProgress(ThreadNumber thread, JobHandle handle, std::string json, Ticket ticket) {
  if (has(thread, handle)) host_->onProgress(handle, std::move(json), std::move(ticket));
}

void ThreadGroup::onSeatLog(ThreadNumber thread, JobHandle handle, std::string row, Ticket ticket) {
  if (has(thread, handle)) host_->onLog(handle, std::move(row), std::move(ticket));
}

void ThreadGroup::onSeatCall(ThreadNumber thread, JobHandle handle, int64_t call, std::string request) {
  if (has(thread, handle)) host_->onCall(handle, call, std::move(request));
}

void ThreadGroup::onSeatCancelling(ThreadNumber thread, JobHandle handle) {
  if (has(thread, handle)) seats_.at(thread).unanswered.erase(handle);
}

}  // namespace aurochs::worker
