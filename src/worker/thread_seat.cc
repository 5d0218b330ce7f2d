#include "worker/thread_seat.h"

#include <unordered_map>
#include <utility>

#include "base/mutex.h"

namespace aurochs::worker {

namespace {

constexpr int kMaxTickets = 1024;

// Never destroyed: threads may still ask while the process ends.
struct Groups {
  Mutex mutex;
  std::unordered_map<std::string, SeatGroup> byName GUARDED_BY(mutex);
};
Groups& groups() {
  static auto* const all = new Groups;
  return *all;
}

}  // namespace

void SeatGroup::open(const std::string& name, SeatGroup group) {
  MutexLock lock(groups().mutex);
  groups().byName.insert_or_assign(name, std::move(group));
}

void SeatGroup::close(const std::string& name) {
  MutexLock lock(groups().mutex);
  groups().byName.erase(name);
}

std::optional<SeatGroup> SeatGroup::find(const std::string& name) {
  MutexLock lock(groups().mutex);
  const auto found = groups().byName.find(name);
  if (found == groups().byName.end()) return std::nullopt;
  return found->second;
}

ThreadSeat::ThreadSeat(SeatGroup group, ThreadNumber thread, std::shared_ptr<EventSink> sink)
    : group_(std::move(group)), thread_(thread) {
  post([thread, sink = std::move(sink)](SeatListener& listener) mutable {
    listener.onSeatAttached(thread, std::move(sink));
  });
}

ThreadSeat::~ThreadSeat() { detach(); }

template <typename F>
void ThreadSeat::post(F&& tell) {
  const std::shared_ptr<IoThread> io = group_.io.lock();
  if (!io) return;
  io->post([listener = group_.listener, tell = std::forward<F>(tell)]() mutable {
    if (const std::shared_ptr<SeatListener> target = listener.lock()) tell(*target);
  });
}

void ThreadSeat::complete(JobHandle handle, std::string json) {
  post([thread = thread_, handle, json = std::move(json)](SeatListener& listener) mutable {
    listener.onSeatOutcome(thread, handle, pool::Outcome::success(std::move(json)));
  });
}

void ThreadSeat::fail(JobHandle handle, std::string error) {
  post([thread = thread_, handle, error = std::move(error)](SeatListener& listener) mutable {
    listener.onSeatOutcome(thread, handle, pool::Outcome::failure(std::move(error)));
  });
}

Ticket ThreadSeat::takeTicket() {
  if (tickets_->load(std::memory_order_relaxed) >= kMaxTickets) return nullptr;
  tickets_->fetch_add(1);
  return {tickets_.get(), [tickets = tickets_](void*) { tickets->fetch_sub(1); }};
}

bool ThreadSeat::progress(JobHandle handle, std::string json) {
  Ticket ticket = takeTicket();
  if (!ticket) return false;
  post([thread = thread_, handle, json = std::move(json), ticket = std::move(ticket)](SeatListener& listener) mutable {
    listener.onSeatProgress(thread, handle, std::move(json), std::move(ticket));
  });
  return true;
}

bool ThreadSeat::log(JobHandle handle, std::string row) {
  Ticket ticket = takeTicket();
  if (!ticket) return false;
  post([thread = thread_, handle, row = std::move(row), ticket = std::move(ticket)](SeatListener& listener) mutable {
    listener.onSeatLog(thread, handle, std::move(row), std::move(ticket));
  });
  return true;
}

void ThreadSeat::call(JobHandle handle, int64_t call, std::string request) {
  post([thread = thread_, handle, call, request = std::move(request)](SeatListener& listener) mutable {
    listener.onSeatCall(thread, handle, call, std::move(request));
  });
}

void ThreadSeat::cancelling(JobHandle handle) {
  post([thread = thread_, handle](SeatListener& listener) { listener.onSeatCancelling(thread, handle); });
}

void ThreadSeat::detach() {
  if (!std::exchange(attached_, false)) return;
  post([thread = thread_](SeatListener& listener) { listener.onSeatDetached(thread); });
}

}  // namespace aurochs::worker
