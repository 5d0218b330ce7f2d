#include "worker/thread_group.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/clock.h"

namespace aurochs::worker {

namespace {

// A thread that was told to abort a job's signal and doesn't say so within this time is blocked: only its end stops
// the job.
constexpr int64_t kAcknowledgeMs = 1000;

// `reason`, JSON text: what cancelJob() was given.
std::string cancelError(const std::string& reason) {
  const nlohmann::json given = nlohmann::json::parse(reason, nullptr, false);
  if (given.is_object()) return reason;
  const std::string message = given.is_string() ? given.get<std::string>() : "the job was cancelled";
  return nlohmann::json{{"name", "Error"}, {"message", message}}.dump();
}

}  // namespace

ThreadGroup::ThreadGroup(uv_loop_t* loop, Context context, size_t route, Host* host)
    : context_(context), index_(route), route_(context.options.routes[route]), host_(host), timer_(loop) {}

ThreadGroup::~ThreadGroup() { SeatGroup::close(route_.threadGroup); }

void ThreadGroup::open(const std::weak_ptr<IoThread>& io) {
  SeatGroup::open(route_.threadGroup, {io, weak_from_this(), context_.options.queue, context_.options.prefix});
  wantThread();
}

void ThreadGroup::wantThread() {
  ++starting_;
  Event event{EventType::kThreadWanted};
  event.number = static_cast<int64_t>(index_);
  context_.sink.post(std::move(event));
}

void ThreadGroup::resize(size_t threads, size_t jobsPerThread) {
  threads_ = threads;
  jobsPerThread_ = jobsPerThread;
  size_t surplus = openSeats() > threads_ ? openSeats() - threads_ : 0;
  for (auto entry = seats_.rbegin(); entry != seats_.rend() && surplus > 0; ++entry) {
    if (entry->second.state != SeatState::kOpen) continue;
    --surplus;
    entry->second.state = SeatState::kEnding;
    settleSeat(entry->second);
  }
  fill();
}

void ThreadGroup::endThreads() {
  ending_ = true;
  for (auto& [thread, seat] : seats_) {
    if (seat.state == SeatState::kOpen) seat.state = SeatState::kEnding;
    settleSeat(seat);
  }
}

// --- which job goes to which thread ---------------------------------------------------------------------------------

void ThreadGroup::run(JobHandle handle, Job&) {
  pending_.push_back(handle);
  fill();
}

void ThreadGroup::fill() {
  while (!pending_.empty()) {
    Job* job = context_.jobs.find(pending_.front());
    if (job != nullptr && !job->isRunning()) job = nullptr;  // its end has come before
    if (job != nullptr && job->cancelReason) {
      const JobHandle cancelled = pending_.front();
      pending_.pop_front();
      host_->onOrphan(cancelled, 0, cancelError(*job->cancelReason), false);
      continue;
    }
    const auto seat = job == nullptr ? seats_.end() : freeSeat();
    if (job != nullptr && seat == seats_.end()) break;
    const JobHandle handle = pending_.front();
    pending_.pop_front();
    if (job != nullptr) give(seat->second, handle, *job);
  }
  wantThreads();
  arm();
}

/// The one with the fewest jobs, and of those the oldest, so that the others come to be idle.
ThreadGroup::Seats::iterator ThreadGroup::freeSeat() {
  auto best = seats_.end();
  for (auto entry = seats_.begin(); entry != seats_.end(); ++entry) {
    const Seat& seat = entry->second;
    if (seat.state != SeatState::kOpen || seat.sink == nullptr || seat.jobs.size() >= jobsPerThread_) continue;
    if (best == seats_.end() || seat.jobs.size() < best->second.jobs.size()) best = entry;
  }
  return best;
}

size_t ThreadGroup::openSeats() const {
  return static_cast<size_t>(
      std::count_if(seats_.begin(), seats_.end(), [](const auto& entry) { return entry.second.isOpen(); }));
}

/// One thread for each job that has none for itself, as far as the limit allows.
void ThreadGroup::wantThreads() {
  if (ending_) return;
  size_t wanted = pending_.size();
  for (const auto& [thread, seat] : seats_) {
    if (seat.isOpen() && seat.jobs.size() > 1) wanted += seat.jobs.size() - 1;
  }
  for (size_t threads = openSeats() + starting_; starting_ < wanted && threads < threads_; ++threads) wantThread();
}

void ThreadGroup::give(Seat& seat, JobHandle handle, Job& job) {
  seat.jobs.push_back(handle);
  ++seat.taken;
  const size_t most = route_.maxJobsPerThread;
  if (most > 0 && seat.taken >= most) seat.state = SeatState::kEnding;
  Event event{EventType::kJob, handle};
  event.id = job.id;
  event.token = job.token;
  event.hash = job.hash;
  seat.sink->post(std::move(event));
  host_->onStarted(handle);
}

void ThreadGroup::leave(Seat& seat, JobHandle handle) {
  std::erase(seat.jobs, handle);
  seat.unanswered.erase(handle);
  seat.errors.erase(handle);
  if (seat.jobs.empty()) seat.idleSinceMs = steadyClockMs();
  settleSeat(seat);
}

void ThreadGroup::settleSeat(Seat& seat) {
  if (seat.state == SeatState::kEnding && seat.jobs.empty() && seat.sink) seat.sink->post({EventType::kStop});
}

// --- cancelling, limits, timeouts -----------------------------------------------------------------------------------

ThreadGroup::Seats::iterator ThreadGroup::seatOf(JobHandle handle) {
  return std::find_if(seats_.begin(), seats_.end(), [handle](const auto& entry) {
    const std::vector<JobHandle>& jobs = entry.second.jobs;
    return std::find(jobs.begin(), jobs.end(), handle) != jobs.end();
  });
}

void ThreadGroup::cancel(JobHandle handle, Job& job, const std::string& reason, bool insist) {
  const auto found = seatOf(handle);
  if (found == seats_.end()) {
    // It never starts, once its turn comes in its route; here it does now.
    if (!insist) return;
    job.cancelReason = reason;
    if (std::erase(pending_, handle) > 0) host_->onOrphan(handle, 0, cancelError(reason), false);
    return;
  }
  Seat& seat = found->second;
  sendCancel(seat, handle, reason);
  if (insist && seat.state != SeatState::kTerminating) {
    seat.unanswered.try_emplace(handle, Cancellation{steadyClockMs() + kAcknowledgeMs, reason});
  }
  arm();
}

void ThreadGroup::sendCancel(Seat& seat, JobHandle handle, const std::string& reason) {
  if (!seat.sink) return;
  Event event{EventType::kCancel, handle};
  event.text = reason;
  seat.sink->post(std::move(event));
}

bool ThreadGroup::stop(JobHandle handle, Job&, std::string error) {
  const auto found = seatOf(handle);
  if (found == seats_.end()) return false;
  found->second.errors.insert_or_assign(handle, std::move(error));
  terminate(found->first, found->second);
  return true;
}

void ThreadGroup::terminate(ThreadNumber thread, Seat& seat) {
  seat.unanswered.clear();
  if (std::exchange(seat.state, SeatState::kTerminating) == SeatState::kTerminating) return;
  Event event{EventType::kThreadStuck};
  event.number = thread;
  context_.sink.post(std::move(event));
}

void ThreadGroup::arm() {
  int64_t next = std::numeric_limits<int64_t>::max();
  const int64_t idle = route_.idleTimeoutMs;
  const bool several = openSeats() > 1;
  for (const auto& [thread, seat] : seats_) {
    if (idle > 0 && several && seat.isOpen() && seat.jobs.empty()) next = std::min(next, seat.idleSinceMs + idle);
    for (const auto& [handle, cancellation] : seat.unanswered) next = std::min(next, cancellation.dueMs);
  }
  if (next == std::numeric_limits<int64_t>::max()) return timer_.stop();
  timer_.start(static_cast<uint64_t>(std::max<int64_t>(next - steadyClockMs(), 1)), [this] { tick(); });
}

void ThreadGroup::tick() {
  const int64_t now = steadyClockMs();
  const int64_t idle = route_.idleTimeoutMs;
  size_t open = openSeats();
  // The youngest first; the last thread stays.
  for (auto entry = seats_.rbegin(); entry != seats_.rend(); ++entry) {
    Seat& seat = entry->second;
    for (const auto& [handle, cancellation] : seat.unanswered) {
      if (cancellation.dueMs <= now) seat.errors.try_emplace(handle, cancelError(cancellation.reason));
    }
    if (!seat.errors.empty()) terminate(entry->first, seat);
    if (idle > 0 && open > 1 && seat.isOpen() && seat.jobs.empty() && seat.idleSinceMs + idle <= now) {
      seat.state = SeatState::kEnding;
      settleSeat(seat);
      --open;
    }
  }
  arm();
}

}  // namespace aurochs::worker
