// The part of WorkerLoop that deals with jobs on other threads: cancelled, late, orphaned, what they report.
// I/O thread only.
#include <algorithm>
#include <utility>

#include "worker/worker_loop.h"

namespace aurochs::worker {

// --- jobs that are to stop ----------------------------------------------------------------------------------------

void WorkerLoop::cancelRunning(const std::string& id, const std::string& reason) {
  if (!router_) return;
  jobs_.forEach([&](JobHandle handle, Job& job) {
    if (job.isRunning() && job.id == id && elsewhere(job)) router_->cancel(handle, job, reason, true);
  });
}

void WorkerLoop::cancelAllRunning(const std::string& reason, bool insist) {
  if (!router_) return;
  jobs_.forEach([&](JobHandle handle, Job& job) {
    if (job.isRunning() && elsewhere(job)) router_->cancel(handle, job, reason, insist);
  });
}

void WorkerLoop::giveUp() {
  jobs_.forEach([this](JobHandle handle, Job& job) {
    if (!job.holdsLock() || job.ended) return;
    job.ended = true;
    if (job.attempt) job.attempt->cancelled = true;
    attempts_.end(handle);
    Event event = eventOf(EventType::kOrphaned, handle, job);
    sink_->post(std::move(event));
  });
}

// Its slot stays taken until JavaScript has heard of it: BullMQ's code may have the job in hand just now.
void WorkerLoop::onOverdue(JobHandle handle, const std::string& error) {
  Job& job = *jobs_.find(handle);
  attempts_.end(handle);
  job.overdue = true;
  Event event = eventOf(EventType::kOverdue, handle, job);
  event.text = error;
  sink_->post(std::move(event));
}

// --- jobs on JavaScript threads -----------------------------------------------------------------------------------

void WorkerLoop::threadGone(ThreadNumber thread) {
  if (!router_) return;
  const bool blamed = router_->threadGone(thread);
  Event event{EventType::kThreadForgotten};
  event.number = thread;
  event.flag = blamed;
  sink_->post(std::move(event));
}

void WorkerLoop::threadStuck(ThreadNumber thread) {
  if (router_) router_->threadStuck(thread);
}

void WorkerLoop::threadsUnavailable(size_t route) {
  if (router_) router_->threadsUnavailable(route);
}

void WorkerLoop::onReadiness() {
  if (fetcher_) fetcher_->pump();
}

void WorkerLoop::onOrphan(JobHandle handle, ThreadNumber thread, const std::string& error, bool running) {
  Job* job = jobs_.find(handle);
  if (job == nullptr || !job->isRunning() || state_ == LoopState::kClosed) return;
  if (running) {
    const char* const stuck = R"({"name":"Error","message":"the processor's thread was to be ended"})";
    return onOverdue(handle, error.empty() ? stuck : error);
  }
  job->ended = true;
  attempts_.end(handle);
  // It goes through BullMQ's code; until that takes it up, its lock stays ours to renew.
  Event event = eventOf(EventType::kOrphaned, handle, *job);
  event.number = thread;
  event.text = error;
  sink_->post(std::move(event));
}

void WorkerLoop::onCall(JobHandle handle, int64_t call, std::string request) {
  Job* job = jobs_.find(handle);
  if (job == nullptr || !job->isRunning()) return;
  job->attempt->stores.fetch_add(1);
  job->calls.push_back({++lastCall_, call});
  Event event = eventOf(EventType::kCall, handle, *job);
  event.number = lastCall_;
  event.text = std::move(request);
  sink_->post(std::move(event));
}

void WorkerLoop::answer(JobHandle handle, int64_t call, bool ok, std::string text) {
  Job* job = jobs_.find(handle);
  if (job == nullptr) return;
  const auto found = std::find_if(job->calls.begin(), job->calls.end(),
                                  [call](const ThreadCall& candidate) { return candidate.number == call; });
  if (found == job->calls.end()) return;  // of an earlier job in this slot
  const int64_t ofThread = found->ofThread;
  job->calls.erase(found);
  router_->answer(*job, handle, ofThread, ok, std::move(text));
  onStored(handle);
}

// --- progress and log rows ------------------------------------------------------------------------------------------

void WorkerLoop::onProgress(JobHandle handle, std::string json) {
  if (progress_) progress_->progress(handle, std::move(json));
}

void WorkerLoop::onLog(JobHandle handle, std::string row) {
  if (progress_) progress_->log(handle, std::move(row));
}

void WorkerLoop::onProgress(JobHandle handle, std::string json, Ticket ticket) {
  Job* job = jobs_.find(handle);
  if (job == nullptr || !job->isRunning()) return;
  job->attempt->stores.fetch_add(1);
  progress_->progress(handle, std::move(json), std::move(ticket));
}

void WorkerLoop::onLog(JobHandle handle, std::string row, Ticket ticket) {
  Job* job = jobs_.find(handle);
  if (job == nullptr || !job->isRunning()) return;
  job->attempt->stores.fetch_add(1);
  progress_->log(handle, std::move(row), std::move(ticket));
}

void WorkerLoop::onStored(JobHandle handle) {
  Job* job = jobs_.find(handle);
  if (job == nullptr || !job->attempt || job->attempt->stores.fetch_sub(1) != 1) return;
  if (job->outcome) onOutcome(handle, *std::exchange(job->outcome, std::nullopt));
}

}  // namespace aurochs::worker
