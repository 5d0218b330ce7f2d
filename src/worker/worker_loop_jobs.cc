// The half of WorkerLoop that deals with jobs: run, finished, handed to BullMQ's code, cancelled, orphaned.
// I/O thread only.
#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "worker/worker_loop.h"

namespace aurochs::worker {

namespace {

std::string noRoute(const Options& options, const Job& job) {
  std::string names;
  for (const Route& route : options.routes) names += (names.empty() ? "'" : ", '") + route.name + "'";
  return "the worker has no processor for jobs named '" + std::string(job.hash->get("name")) + "', only for " + names +
         ". Add one, or '*' for all others";
}

}  // namespace

// --- jobs ------------------------------------------------------------------------------------------------------

size_t WorkerLoop::room(size_t leaving, size_t coming) {
  if (state_ != LoopState::kRunning || !router_->ready()) return 0;
  // Jobs of a route that is full leave room for those of others, up to as many again.
  const size_t places = concurrency_ + std::min(router_->waiting(), concurrency_) + leaving;
  const size_t taken = jobs_.count() + coming;
  return places > taken ? places - taken : 0;
}

bool WorkerLoop::mayFetchNext() { return room(batcher_->leaving() + 1, batcher_->coming()) > 0; }

void WorkerLoop::onBatch(const Batcher::Fetched& fetched) {
  fetcher_->onBatch(fetched);
  fetcher_->pump();
  proceed();
}

void WorkerLoop::onBatchFailed(const std::vector<JobHandle>& jobs, bool filled, const Error& error) {
  finisher_->onBatchFailed(jobs, error.kind);
  if (filled) {
    fetcher_->onFillFailed(error);
  } else if (error.kind == ErrorKind::kScript) {
    sink_->post(eventOf(error));
  }
}

void WorkerLoop::onFetched(protocol::NextJob next, std::shared_ptr<const std::string> token) {
  startJob(std::move(next.id), std::move(token), std::move(next.hash));
}

void WorkerLoop::onIdle() { proceed(); }

void WorkerLoop::startJob(std::string id, std::shared_ptr<const std::string> token,
                          std::shared_ptr<const protocol::JobHash> hash) {
  // Fetched while the loop was closed by force: recovered as stalled, like the jobs that were in flight.
  if (state_ == LoopState::kClosed) return;
  const JobHandle handle = jobs_.claim();
  inFlight_.store(jobs_.count(), std::memory_order_relaxed);
  Job& job = *jobs_.find(handle);
  job.id = std::move(id);
  job.token = std::move(token);
  job.hash = std::move(hash);
  job.lockedAtMs = steadyClockMs();
  batcher_->sawJob(job.hash->bytes());
  enter(handle);
}

/// A job has come into its slot: fetched by the loop, or by BullMQ's code.
void WorkerLoop::enter(JobHandle handle) {
  Job& job = *jobs_.find(handle);
  job.route = router_->find(job.hash->get("name"));
  if (job.route == Router::kNone) return failed(handle, job, pool::Outcome::failure(noRoute(options_, job)));
  if (!elsewhere(job)) return router_->run(handle, job);
  if (job.hash->has("rjk")) {
    // A job scheduler's job: BullMQ's code schedules the next iteration before this one runs.
    job.state = JobState::kGated;
    Event gated = eventOf(EventType::kJob, handle, job);
    gated.flag = true;
    return sink_->post(std::move(gated));
  }
  runElsewhere(handle, wants(kInterestActive));
}

bool WorkerLoop::elsewhere(const Job& job) const {
  return job.route != Router::kNone && options_.routes[job.route].remote();
}

bool WorkerLoop::wants(Interest event) const { return (interest_.load(std::memory_order_relaxed) & event) != 0; }

/// Why BullMQ doesn't run such a job at all.
std::optional<std::string> WorkerLoop::refusal(const Job& job) const {
  if (job.hash->has("defa")) return std::string(job.hash->get("defa"));
  if (options_.maxStartedAttempts > 0 && options_.maxStartedAttempts < job.hash->integer("ats")) {
    return "job started more than allowable limit";
  }
  return std::nullopt;
}

void WorkerLoop::runElsewhere(JobHandle handle, bool tell) {
  if (state_ == LoopState::kClosed) return;
  Job& job = *jobs_.find(handle);
  job.state = JobState::kRunning;
  std::optional<std::string> reason = refusal(job);
  // Whoever hears that it is active may cancel it.
  if (!reason) job.attempt = attempts_.begin(handle, job.id);
  if (tell) sink_->post(eventOf(EventType::kActive, handle, job));
  if (reason) return refuse(handle, job, std::move(*reason));
  if (options_.routes[job.route].processor && limits_->limits(job)) {
    job.attempt->startedAtMs = 0;
    limits_->started(handle, job);
  }
  router_->run(handle, job);
}

void WorkerLoop::onStarted(JobHandle handle) {
  const Job& job = *jobs_.find(handle);
  if (limits_->limits(job)) limits_->started(handle, job);
}

void WorkerLoop::started(JobHandle handle) {
  if (limits_ && jobs_.find(handle) != nullptr) onStarted(handle);
}

void WorkerLoop::onOutcome(JobHandle handle, pool::Outcome outcome) {
  Job* job = jobs_.find(handle);
  if (job == nullptr || !job->isRunning()) return;
  if (job->attempt->stores.load() > 0) {
    // Its progress and log rows come before its end, whichever connection moves it.
    job->outcome = std::move(outcome);
    return;
  }
  attempts_.end(handle);
  job->outcome.reset();
  if (outcome.completed) return complete(handle, std::move(outcome.value));
  failed(handle, *job, std::move(outcome));
}

// The lock stays ours to renew until the main thread, however long it is blocked, takes the failure up.
void WorkerLoop::failed(JobHandle handle, Job& job, pool::Outcome outcome) {
  // JSON: the error that JavaScript makes of it.
  job.ended = true;
  const bool json = job.limitError.has_value() || (job.route != Router::kNone && !options_.routes[job.route].processor);
  Event event = eventOf(EventType::kFailed, handle, job);
  event.text = job.limitError ? *job.limitError : std::move(outcome.value);
  event.flag = outcome.unrecoverable;
  event.number = (fetcher_->drained() ? kFailedDrained : 0) | (json ? kFailedJson : 0);
  sink_->post(std::move(event));
}

/// BullMQ doesn't run such a job at all.
void WorkerLoop::refuse(JobHandle handle, Job& job, std::string reason) {
  job.ended = true;
  Event event = eventOf(EventType::kFailed, handle, job);
  event.text = std::move(reason);
  event.flag = true;
  event.number = fetcher_->drained() ? kFailedDrained : 0;
  sink_->post(std::move(event));
}

void WorkerLoop::complete(JobHandle handle, std::string result) {
  if (state_ == LoopState::kClosed) return;
  finisher_->complete(handle, std::move(result));
  proceed();
}

void WorkerLoop::onFinished(JobHandle handle, protocol::NextJob next, bool fetched) {
  Job* job = jobs_.find(handle);
  if (!elsewhere(*job) || job->announced || wants(kInterestCompleted)) {
    // JavaScript has the Job of what it has run itself.
    Event event = elsewhere(*job) ? eventOf(EventType::kCompleted, handle, *job) : Event{EventType::kCompleted, handle};
    event.number = job->finishedAtMs;
    if (elsewhere(*job)) event.text = std::move(job->result);
    sink_->post(std::move(event));
  }
  std::shared_ptr<const std::string> token = std::move(job->token);
  releaseJob(handle);
  if (fetched) fetcher_->onReply(next);
  if (next.hash) startJob(std::move(next.id), std::move(token), std::move(next.hash));
  fetcher_->pump();
  proceed();
}

void WorkerLoop::onFinishRefused(JobHandle handle, int64_t code, std::string message) {
  Job* job = jobs_.find(handle);
  job->state = JobState::kSettling;
  Event event = eventOf(EventType::kFinishRefused, handle, *job);
  event.number = code;
  event.flag = fetcher_->drained();
  event.text = std::move(message);
  sink_->post(std::move(event));
}

void WorkerLoop::releaseJob(JobHandle handle) {
  attempts_.end(handle);
  if (router_) router_->leave(handle, *jobs_.find(handle));
  jobs_.release(handle);
  inFlight_.store(jobs_.count(), std::memory_order_relaxed);
}

// --- what the main thread says of jobs that BullMQ's own code has in hand -----------------------------------------

void WorkerLoop::settling(JobHandle handle) {
  if (Job* job = jobs_.find(handle)) job->state = JobState::kSettling;
}

void WorkerLoop::settled(JobHandle handle, int64_t limitUntilMs, int64_t blockUntilMs, bool drained) {
  if (jobs_.find(handle) == nullptr) return;
  releaseJob(handle);
  if (state_ == LoopState::kClosed) return;
  fetcher_->onSettled(limitUntilMs, blockUntilMs, drained);
  fetcher_->pump();
  proceed();
}

void WorkerLoop::adopt(JobHandle handle, std::string id, std::shared_ptr<const protocol::JobHash> hash) {
  Job* job = jobs_.find(handle);
  if (job == nullptr || state_ == LoopState::kClosed) return;
  router_->leave(handle, *job);
  job->id = std::move(id);
  job->hash = std::move(hash);
  job->lockedAtMs = steadyClockMs();
  job->state = JobState::kRunning;
  job->finishSent = false;
  job->losses = 0;
  job->ended = false;
  job->overdue = false;
  ++job->run;
  job->attempt.reset();
  job->outcome.reset();
  job->limitError.reset();
  job->cancelReason.reset();
  job->calls.clear();
  job->route = router_->find(job->hash->get("name"));
  if (job->route == Router::kNone) {
    failed(handle, *job, pool::Outcome::failure(noRoute(options_, *job)));
  } else if (elsewhere(*job)) {
    runElsewhere(handle, false);
  } else {
    router_->admit(*job);
  }
  // There was a next job, so there may be more.
  fetcher_->onSettled(0, 0, false);
  fetcher_->pump();
}

void WorkerLoop::begin(JobHandle handle) {
  const Job* job = jobs_.find(handle);
  if (job != nullptr && job->state == JobState::kGated) runElsewhere(handle, false);
}

void WorkerLoop::drop(JobHandle handle) {
  if (jobs_.find(handle) == nullptr) return;
  releaseJob(handle);
  if (state_ == LoopState::kClosed) return;
  fetcher_->pump();
  proceed();
}

void WorkerLoop::pong() {
  if (lag_) lag_->onPong();
}

}  // namespace aurochs::worker
