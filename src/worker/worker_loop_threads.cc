// The part of WorkerLoop that deals with jobs on other threads: cancelled, late, orphaned, what they report.
// I/O thread only.
#include <utility>
#include <vector>

#include "worker/worker_loop.h"

namespace aurochs::worker {

// --- jobs that are to stop ----------------------------------------------------------------------------------------

void WorkerLoop::cancelRunning(const std::string& id, const std::string& reason) {
  if (!router_) return;
  jobs_.forEach([&](JobHandle handle, Job& job) {
    if (job.state == JobState::kRunning && job.id == id && elsewhere(job)) router_->cancel(handle, job, reason, true);
  });
}

void WorkerLoop::cancelAllRunning(const std::string& reason, bool insist) {
  if (!router_) return;
  jobs_.forEach([&](JobHandle handle, Job& job) {
    if (job.state == JobState::kRunning && elsewhere(job)) router_->cancel(handle, job, reason, insist);
  });
}

void WorkerLoop::giveUp() {
  jobs_.forEach([this](JobHandle handle, Job& job) {
    if (!job.holdsLock()) return;
    Event event = eventOf(EventType::kOrphaned, handle, job);
    sink_->post(std::move(event));
  });
}

void WorkerLoop::onOverdue(JobHandle handle, const std::string& error) {
  Event event = eventOf(EventType::kOverdue, handle, *jobs_.find(handle));
  event.text = error;
  sink_->post(std::move(event));
  drop(handle);
}

// --- jobs on JavaScript threads -----------------------------------------------------------------------------------

void WorkerLoop::threadGone(ThreadNumber thread) {
  if (router_) router_->threadGone(thread);
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
  if (job == nullptr || job->state != JobState::kRunning || state_ == LoopState::kClosed) return;
  if (running) {
    static const std::string interrupted =
        R"({"name":"Error","message":"the processor's thread was to be ended for another of its jobs, and goes on"})";
    return onOverdue(handle, error.empty() ? interrupted : error);
  }
  cancels_.remove(job->id, job->cancelled);
  // It goes through BullMQ's code; until that takes it up, its lock stays ours to renew.
  Event event = eventOf(EventType::kOrphaned, handle, *job);
  event.number = thread;
  event.text = error;
  sink_->post(std::move(event));
}

void WorkerLoop::onCall(JobHandle handle, int64_t call, std::string request) {
  Job* job = jobs_.find(handle);
  if (job == nullptr || job->state != JobState::kRunning) return;
  job->stores->fetch_add(1);
  job->calls.push_back(call);
  Event event = eventOf(EventType::kCall, handle, *job);
  event.number = call;
  event.text = std::move(request);
  sink_->post(std::move(event));
}

void WorkerLoop::answer(JobHandle handle, int64_t call, bool ok, std::string text) {
  Job* job = jobs_.find(handle);
  // Not of an earlier job in this slot.
  if (job == nullptr || std::erase(job->calls, call) == 0) return;
  router_->answer(*job, handle, call, ok, std::move(text));
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
  jobs_.find(handle)->stores->fetch_add(1);
  progress_->progress(handle, std::move(json), std::move(ticket));
}

void WorkerLoop::onLog(JobHandle handle, std::string row, Ticket ticket) {
  jobs_.find(handle)->stores->fetch_add(1);
  progress_->log(handle, std::move(row), std::move(ticket));
}

void WorkerLoop::onStored(JobHandle handle) {
  Job* job = jobs_.find(handle);
  if (job == nullptr || !job->stores || job->stores->fetch_sub(1) != 1) return;
  if (job->outcome) onOutcome(handle, *std::exchange(job->outcome, std::nullopt));
}

}  // namespace aurochs::worker
