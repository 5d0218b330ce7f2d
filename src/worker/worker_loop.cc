// What a worker loop is made of, its life cycle and its command connection. I/O thread only.
#include "worker/worker_loop.h"

#include <array>
#include <cassert>
#include <utility>

namespace aurochs::worker {

WorkerLoop::WorkerLoop(std::weak_ptr<IoThread> io, Options options, size_t concurrency, std::unique_ptr<EventSink> sink)
    : io_(std::move(io)),
      options_(std::move(options)),
      keys_(options_.prefix, options_.queue),
      sink_(std::move(sink)),
      concurrency_(concurrency),
      scriptOptions_(options_.settings) {}

WorkerLoop::~WorkerLoop() { assert(commands_ == nullptr && "close() comes first"); }

// --- lifecycle -------------------------------------------------------------------------------------------------

void WorkerLoop::connect(uv_loop_t* loop) {
  if (commands_ || state_ != LoopState::kIdle) return;
  commands_ = std::make_unique<redis::Connection>(loop, options_.commandEndpoint, this,
                                                  redis::Connection::Sharing::kSameEndpoint);
  const Context context{options_, keys_, jobs_, *commands_, *sink_, interest_};
  batcher_ = std::make_unique<Batcher>(loop, context, scriptOptions_, this);
  fetcher_ = std::make_unique<Fetcher>(loop, context, scriptOptions_, *batcher_, this);
  finisher_ = std::make_unique<Finisher>(loop, context, scriptOptions_, *batcher_, this);
  lag_ = std::make_unique<LoopLag>(loop, context);
  locks_ = std::make_unique<LockKeeper>(loop, context, *lag_);
  sweep_ = std::make_unique<StalledSweep>(loop, context);
  progress_ = std::make_unique<ProgressWriter>(context, this);
  router_ = std::make_unique<Router>(loop, context, io_, weak_from_this(), this);
  limits_ = std::make_unique<TimeLimits>(loop, context, *router_, this);
  {
    MutexLock lock(healthMutex_);
    commandHealth_ = commands_->health();
    blockingHealth_ = fetcher_->markerHealth();
  }
  commands_->connect();
  fetcher_->connect();
}

LoopHealth WorkerLoop::health() const {
  MutexLock lock(healthMutex_);
  return {commandHealth_ ? commandHealth_->read() : redis::Health{},
          blockingHealth_ ? blockingHealth_->read() : redis::Health{}};
}

void WorkerLoop::start() {
  if (state_ == LoopState::kClosing || state_ == LoopState::kClosed) return;
  assert(commands_ != nullptr && "connect() comes first");
  const bool first = state_ == LoopState::kIdle;
  state_ = LoopState::kRunning;
  if (first) router_->open();
  lag_->start();
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

void WorkerLoop::setThreads(size_t route, size_t threads, size_t jobsPerThread) {
  if (router_) router_->resize(route, threads, jobsPerThread);
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
    attempts_.cancelAll();
    shutdown();
  } else {
    proceed();
  }
}

/// Something has come to its end: goes on with a pause or a close that waits for it.
void WorkerLoop::proceed() {
  if (state_ != LoopState::kClosing && state_ != LoopState::kPausing) return;
  const bool pending =
      (jobs_.count() > 0 && !stranded()) || (fetcher_ && fetcher_->fetching()) || (batcher_ && batcher_->coming() > 0);
  if (pending) return;
  if (state_ == LoopState::kClosing) {
    shutdown();
  } else {
    state_ = LoopState::kPaused;
    Event stopped{EventType::kStopped};
    stopped.number = pauseEpoch_;
    sink_->post(std::move(stopped));
  }
}

/// Nothing will ever complete what is in flight: connection.retryStrategy has given up.
bool WorkerLoop::stranded() {
  if (!commands_ || commands_->state() != redis::ConnectionState::kEnded) return false;
  bool all = true;
  jobs_.forEach([&](JobHandle, const Job& job) { all = all && job.state == JobState::kUnconfirmed; });
  return all;
}

void WorkerLoop::shutdown() {
  if (state_ == LoopState::kClosed) return;
  state_ = LoopState::kClosed;
  const auto finish = [self = shared_from_this()] {
    self->limits_.reset();
    self->router_.reset();
    self->progress_.reset();
    self->sweep_.reset();
    self->locks_.reset();
    self->lag_.reset();
    self->finisher_.reset();
    self->fetcher_.reset();
    self->batcher_.reset();
    self->commands_.reset();
    self->jobs_.clear();
    self->inFlight_.store(0, std::memory_order_relaxed);
    self->sink_->post({EventType::kClosed});
  };
  if (!commands_) return finish();
  router_->endThreads();
  lag_->stop();
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

// --- the command connection ---------------------------------------------------------------------------------------

void WorkerLoop::onReady() {
  connected_ = true;
  loadScripts();
  tellReady();
  progress_->onReady();
  batcher_->onReady();
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
    if (!commands_->claimScript(script->sha1)) continue;
    const std::array<std::string_view, 3> command{"SCRIPT", "LOAD", script->source};
    commands_->send(command, [](Result<redis::ReplyView>) {});
  }
}

void WorkerLoop::onDisconnect(const Error& error) {
  sink_->post(eventOf(error));
  if (std::exchange(connected_, false)) {
    sink_->post({EventType::kConnectionLost});
    // Gone in silence: the connection that waits, and is silent by nature, has most likely gone with it.
    if (error.code == "ETIMEDOUT") fetcher_->renewWait(error);
  }
  proceed();
}

}  // namespace aurochs::worker
