#include "worker/worker_loop.h"

#include <array>
#include <cassert>
#include <utility>

#include "base/clock.h"

namespace aurochs::worker {

namespace {

pool::Lane nextLane() {
  static std::atomic<pool::Lane> lane{0};
  return ++lane;
}

}  // namespace

WorkerLoop::WorkerLoop(std::weak_ptr<IoThread> io, Options options, size_t concurrency, std::unique_ptr<EventSink> sink)
    : io_(std::move(io)),
      options_(std::move(options)),
      keys_(options_.prefix, options_.queue),
      sink_(std::move(sink)),
      lane_(nextLane()),
      concurrency_(concurrency),
      scriptOptions_(options_.settings) {}

WorkerLoop::~WorkerLoop() { assert(commands_ == nullptr && "close() comes first"); }

// --- lifecycle -------------------------------------------------------------------------------------------------

void WorkerLoop::connect(uv_loop_t* loop) {
  if (commands_ || state_ != LoopState::kIdle) return;
  commands_ = std::make_unique<redis::Connection>(loop, options_.commandEndpoint, this);
  const Context context{options_, keys_, jobs_, *commands_, *sink_, interest_};
  fetcher_ = std::make_unique<Fetcher>(loop, context, scriptOptions_, this);
  finisher_ = std::make_unique<Finisher>(context, scriptOptions_, this);
  locks_ = std::make_unique<LockKeeper>(loop, context);
  sweep_ = std::make_unique<StalledSweep>(loop, context);
  progress_ = std::make_unique<ProgressWriter>(context, this);
  handOver_ = std::make_unique<BeforePoll>(loop, [this] { submitNativeRuns(lane_, std::exchange(runs_, {})); });
  commands_->connect();
  fetcher_->connect();
}

void WorkerLoop::start() {
  if (state_ == LoopState::kClosing || state_ == LoopState::kClosed) return;
  assert(commands_ != nullptr && "connect() comes first");
  state_ = LoopState::kRunning;
  locks_->start();
  sweep_->start();
  fetcher_->pump();
}

void WorkerLoop::pause(int64_t epoch) {
  if (state_ != LoopState::kRunning && state_ != LoopState::kPausing) return;
  pauseEpoch_ = epoch;
  state_ = LoopState::kPausing;
  sweep_->stop();
  fetcher_->cancelWait();
  proceed();
}

void WorkerLoop::setConcurrency(size_t concurrency) {
  concurrency_ = concurrency;
  if (fetcher_) fetcher_->pump();
}

void WorkerLoop::close(bool force) {
  if (state_ == LoopState::kClosed) return;
  if (state_ != LoopState::kClosing) {
    state_ = LoopState::kClosing;
    if (sweep_) sweep_->stop();
    if (fetcher_) fetcher_->cancelWait();
  }
  if (force) {
    cancels_.cancelAll();
    shutdown();
  } else {
    proceed();
  }
}

/// Something has come to its end: goes on with a pause or a close that waits for it.
void WorkerLoop::proceed() {
  const bool pending = jobs_.count() > 0 || (fetcher_ && fetcher_->fetching());
  if (pending) return;
  if (state_ == LoopState::kClosing) {
    shutdown();
  } else if (state_ == LoopState::kPausing) {
    state_ = LoopState::kPaused;
    Event stopped{EventType::kStopped};
    stopped.number = pauseEpoch_;
    sink_->post(std::move(stopped));
  }
}

void WorkerLoop::shutdown() {
  if (state_ == LoopState::kClosed) return;
  state_ = LoopState::kClosed;
  const auto finish = [self = shared_from_this()] {
    self->handOver_.reset();
    self->progress_.reset();
    self->sweep_.reset();
    self->locks_.reset();
    self->finisher_.reset();
    self->fetcher_.reset();
    self->commands_.reset();
    self->jobs_.clear();
    self->inFlight_.store(0, std::memory_order_relaxed);
    self->sink_->post({EventType::kClosed});
  };
  if (!commands_) return finish();
  locks_->stop();
  sweep_->stop();
  // Both at once: whatever a server still answers reaches nobody.
  const auto pending = std::make_shared<int>(2);
  const auto closed = [pending, finish] {
    if (--*pending == 0) finish();
  };
  commands_->close(closed);
  fetcher_->close(closed);
}

// --- jobs ------------------------------------------------------------------------------------------------------

bool WorkerLoop::hasRoom(size_t pending) {
  return state_ == LoopState::kRunning && jobs_.count() + pending < concurrency_;
}

bool WorkerLoop::mayFetchNext() { return state_ == LoopState::kRunning && jobs_.count() <= concurrency_; }

void WorkerLoop::onFetched(protocol::NextJob next, std::string token) {
  startJob(std::move(next.id), std::move(token), std::move(next.hash));
}

void WorkerLoop::onIdle() { proceed(); }

void WorkerLoop::startJob(std::string id, std::string token, std::shared_ptr<const protocol::JobHash> hash) {
  // Fetched while the loop was closed by force: recovered as stalled, like the jobs that were in flight.
  if (state_ == LoopState::kClosed) return;
  const JobHandle handle = jobs_.claim();
  inFlight_.store(jobs_.count(), std::memory_order_relaxed);
  Job& job = *jobs_.find(handle);
  job.id = std::move(id);
  job.token = std::move(token);
  job.hash = std::move(hash);
  job.lockedAtMs = steadyClockMs();
  if (!options_.processor) {
    sink_->post(eventOf(EventType::kJob, handle, job));
  } else if (job.hash->has("rjk")) {
    // A job scheduler's job: BullMQ's code schedules the next iteration before this one runs.
    job.state = JobState::kGated;
    Event gated = eventOf(EventType::kJob, handle, job);
    gated.flag = true;
    sink_->post(std::move(gated));
  } else {
    if (wants(kInterestActive)) sink_->post(eventOf(EventType::kActive, handle, job));
    runNative(handle);
  }
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

void WorkerLoop::runNative(JobHandle handle) {
  if (state_ == LoopState::kClosed) return;
  Job& job = *jobs_.find(handle);
  job.state = JobState::kRunning;
  if (std::optional<std::string> reason = refusal(job)) {
    return failed(handle, job, pool::Outcome::failure(std::move(*reason), true));
  }
  job.cancelled = cancels_.add(job.id);
  job.stores = std::make_shared<std::atomic<int>>(0);
  NativeRun run;
  run.processor = options_.processor;
  run.input.id = job.id;
  run.input.name = std::string(job.hash->get("name"));
  run.input.queue = options_.queue;
  run.input.data = job.hash->has("data") ? std::string(job.hash->get("data")) : "{}";
  run.input.attemptsMade = job.hash->integer("atm");
  run.handle = handle;
  run.cancelled = job.cancelled;
  run.stores = job.stores;
  run.io = io_;
  run.listener = weak_from_this();
  // Handed over with all others that this iteration of the loop fetches: waking a thread for each costs more than
  // the rest of a small job.
  runs_.push_back(std::move(run));
  handOver_->arm();
}

void WorkerLoop::onOutcome(JobHandle handle, pool::Outcome outcome) {
  Job* job = jobs_.find(handle);
  if (job == nullptr || job->state != JobState::kRunning) return;
  if (job->stores->load() > 0) {
    // Its progress and log rows come before its end, whichever connection moves it.
    job->outcome = std::move(outcome);
    return;
  }
  cancels_.remove(job->id, job->cancelled);
  if (outcome.completed) return complete(handle, std::move(outcome.value));
  failed(handle, *job, std::move(outcome));
}

// The lock stays ours to renew until the main thread, however long it is blocked, takes the failure up.
void WorkerLoop::failed(JobHandle handle, Job& job, pool::Outcome outcome) {
  Event event = eventOf(EventType::kFailed, handle, job);
  event.text = std::move(outcome.value);
  event.flag = outcome.unrecoverable;
  event.number = fetcher_->drained() ? 1 : 0;
  sink_->post(std::move(event));
}

void WorkerLoop::complete(JobHandle handle, std::string result) {
  if (state_ == LoopState::kClosed) return;
  finisher_->complete(handle, std::move(result));
}

void WorkerLoop::onFinished(JobHandle handle, protocol::NextJob next, bool fetched) {
  Job* job = jobs_.find(handle);
  if (!options_.processor || job->announced || wants(kInterestCompleted)) {
    Event event = eventOf(EventType::kCompleted, handle, *job);
    event.number = job->finishedAtMs;
    if (options_.processor) event.text = std::move(job->result);
    sink_->post(std::move(event));
  }
  std::string token = std::move(job->token);
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
  job->id = std::move(id);
  job->hash = std::move(hash);
  job->lockedAtMs = steadyClockMs();
  job->state = JobState::kRunning;
  job->finishSent = false;
  job->outcome.reset();
  if (options_.processor) runNative(handle);
  // There was a next job, so there may be more.
  fetcher_->onSettled(0, 0, false);
  fetcher_->pump();
}

void WorkerLoop::begin(JobHandle handle) {
  const Job* job = jobs_.find(handle);
  if (job != nullptr && job->state == JobState::kGated) runNative(handle);
}

void WorkerLoop::drop(JobHandle handle) {
  if (jobs_.find(handle) == nullptr) return;
  releaseJob(handle);
  if (state_ == LoopState::kClosed) return;
  fetcher_->pump();
  proceed();
}

void WorkerLoop::onProgress(JobHandle handle, std::string json) {
  if (progress_) progress_->progress(handle, std::move(json));
}

void WorkerLoop::onLog(JobHandle handle, std::string row) {
  if (progress_) progress_->log(handle, std::move(row));
}

void WorkerLoop::onStored(JobHandle handle) {
  Job* job = jobs_.find(handle);
  if (job->outcome) onOutcome(handle, *std::exchange(job->outcome, std::nullopt));
}

// --- the command connection ---------------------------------------------------------------------------------------

void WorkerLoop::onReady() {
  loadScripts();
  tellReady();
  progress_->onReady();
  // Finishes first: their locks may be about to run out.
  finisher_->onReady();
  locks_->renewDue();
  sweep_->onReady();
  fetcher_->onCommandsReady();
}

void WorkerLoop::onMarkerReady() { tellReady(); }

void WorkerLoop::tellReady() {
  if (toldReady_ || !commands_->ready() || !fetcher_->markerReady()) return;
  toldReady_ = true;
  sink_->post({EventType::kReady});
}

// Loaded before anything is called, so that no call has to be repeated behind later ones.
void WorkerLoop::loadScripts() {
  for (const redis::Script* script : options_.scripts->all()) {
    const std::array<std::string_view, 3> command{"SCRIPT", "LOAD", script->source};
    commands_->send(command, [](Result<redis::ReplyView>) {});
  }
}

void WorkerLoop::onDisconnect(const Error& error) {
  Event event{EventType::kError};
  event.id = error.code;
  event.text = error.message;
  sink_->post(std::move(event));
}

}  // namespace aurochs::worker
