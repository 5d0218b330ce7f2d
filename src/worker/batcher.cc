#include "worker/batcher.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"

namespace aurochs::worker {

namespace {

// More than two would only make the batches smaller, and jobs wait for Redis no less.
constexpr size_t kCalls = 2;
// A call holds Redis up for some 25 µs a job: longer ones would be felt by others, and save little more.
constexpr size_t kJobs = 64;
// Of results that one call carries, and of jobs that one reply should.
constexpr size_t kBytes = 256 * 1024;
// Of a job or a result. Larger ones would make calls of a few, and only two of those at a time.
constexpr size_t kLarge = kBytes / 8;
// How long BullMQ's own scripts are called after Redis has refused ours (out of memory, not permitted, …).
constexpr int64_t kOffMs = 60 * 1000;

std::optional<protocol::FinishAndFetchArguments> argumentsOf(const Context& context) {
  if (!context.options.batching) return std::nullopt;
  return protocol::FinishAndFetchArguments::of(context.keys, context.options.settings);
}

}  // namespace

Batcher::Batcher(uv_loop_t* loop, Context context, protocol::ScriptOptions& scriptOptions, Host* host)
    : context_(context),
      scriptOptions_(scriptOptions),
      host_(host),
      arguments_(argumentsOf(context)),
      flush_(loop, [this] { flush(); }),
      jobBytes_(kLarge / 2) {}  // nobody knows yet

bool Batcher::on() const { return arguments_ && (offUntilMs_ == 0 || steadyClockMs() >= offUntilMs_); }

bool Batcher::take(JobHandle handle, const Job& job) {
  if (!on() || job.result.size() > kLarge) return false;
  if (job.hash->has("parentKey") || job.hash->has("parent") || job.hash->has("deid")) return false;
  const std::optional<protocol::KeepJobs>& keepJobs = scriptOptions_.finish(job.hash->get("opts")).keepJobs;
  if (!keepJobs) return false;
  gathered_.push_back({handle, *keepJobs});
  flush_.arm();
  return true;
}

bool Batcher::fetches() const { return on() && jobBytes_ <= kLarge; }

void Batcher::sawJob(size_t bytes) {
  jobBytes_ = bytes > jobBytes_ ? (jobBytes_ + bytes) / 2 : jobBytes_ - (jobBytes_ - bytes) / 8;
}

void Batcher::fill() {
  fill_ = true;
  flush_.arm();
}

void Batcher::flush() {
  if (!context_.commands.ready()) {
    // What has gathered is sent when the connection is back, and whoever wants jobs asks again.
    if (!std::exchange(fill_, false)) return;
    return host_->onBatchFailed({}, true, {ErrorKind::kConnection, "ENOTCONN", "there is no connection to Redis"});
  }
  while (calls_.size() < kCalls && (fill_ || !gathered_.empty())) sendOne();
  leaveOthers();
  // The loop is about to wait: what was sent just now would wait with it.
  context_.commands.flush();
}

void Batcher::sendOne() {
  Call call = gather();
  call.fill = std::exchange(fill_, false);
  const size_t most = call.fill ? kJobs : std::min(kJobs, call.jobs.size());
  const size_t fit = std::max<size_t>(1, kBytes / std::max<size_t>(1, jobBytes_));
  call.asked = std::min({host_->room(leaving_ + call.jobs.size(), coming_), most, fit});
  if (!call.jobs.empty() || call.asked > 0) {
    send(std::move(call));
  } else if (call.fill) {
    // The room is gone: the worker was paused, or is full.
    host_->onBatch({.filled = true});
  }
}

bool Batcher::stillToComplete(JobHandle handle) {
  const Job* job = context_.jobs.find(handle);
  return job != nullptr && job->state == JobState::kUnconfirmed;
}

/// Takes jobs that may go into one call: as many as there are of one keepJobs.
Batcher::Call Batcher::gather() {
  Call call;
  size_t bytes = 0;
  std::erase_if(gathered_, [&](const Gathered& next) {
    if (!stillToComplete(next.handle)) return true;
    if (call.jobs.empty()) call.keepJobs = next.keepJobs;
    if (call.jobs.size() == kJobs || bytes > kBytes || next.keepJobs != call.keepJobs) return false;
    bytes += context_.jobs.find(next.handle)->result.size();
    call.jobs.push_back(next.handle);
    return true;
  });
  return call;
}

/// Where jobs are kept in many ways, those that could not go with the next call of any either don't wait for it.
void Batcher::leaveOthers() {
  if (gathered_.empty() || calls_.size() < kCalls) return;
  std::vector<JobHandle> left;
  std::erase_if(gathered_, [&](const Gathered& next) {
    if (std::find(calls_.begin(), calls_.end(), next.keepJobs) != calls_.end()) return false;
    if (stillToComplete(next.handle)) left.push_back(next.handle);
    return true;
  });
  for (const JobHandle handle : left) host_->onFinishCode(handle, protocol::kLeftToBullmq);
}

void Batcher::send(Call call) {
  const std::shared_ptr<const std::string> token = call.token = nextToken();  // viewed, while the call moves away
  std::vector<std::string> times;
  std::vector<protocol::FinishAndFetchArguments::Job> jobs;
  times.reserve(call.jobs.size());  // viewed
  jobs.reserve(call.jobs.size());
  for (const JobHandle handle : call.jobs) {
    Job& job = *context_.jobs.find(handle);
    job.state = JobState::kFinishing;
    job.finishSent = true;
    times.push_back(std::to_string(job.finishedAtMs));
    jobs.push_back({job.id, *job.token, times.back(), job.result});
  }
  const std::string now = std::to_string(wallClockMs());
  const std::string asked = std::to_string(call.asked);
  calls_.push_back(call.keepJobs);
  leaving_ += call.jobs.size();
  coming_ += call.asked;
  const protocol::KeepJobs keepJobs = call.keepJobs;  // viewed
  const std::vector<std::string_view> command =
      arguments_->command(std::exchange(forgotten_, false), now, asked, *token, keepJobs, jobs);
  context_.commands.send(command, [this, call = std::move(call)](Result<redis::ReplyView> result) mutable {
    onReply(std::move(call), std::move(result));
  });
}

void Batcher::onReply(Call call, Result<redis::ReplyView> result) {
  calls_.erase(std::find(calls_.begin(), calls_.end(), call.keepJobs));
  if (!gathered_.empty() || fill_) flush_.arm();
  if (!result) return onFailure(call, result.error());
  const auto reply = protocol::FinishAndFetchReply::from(result.value(), call.jobs.size(), call.asked);
  if (!reply) return onFailure(call, context_.commands.rejectReply("finishAndFetch"));
  takeJobs(call, *reply);
}

void Batcher::takeJobs(const Call& call, const protocol::FinishAndFetchReply& reply) {
  size_t refused = 0;
  reply.forEachCode(call.jobs.size(), [&](size_t i, int64_t code) {
    if (code != 0) ++refused;
    --leaving_;
    host_->onFinishCode(call.jobs[i], code);
  });
  const size_t nobody = call.asked - std::min(call.asked, reply.fetched());
  coming_ -= nobody;
  reply.forEachFetched([&](std::string_view id, redis::ReplyView flat) {
    protocol::NextJob next;
    next.id = id;
    next.hash = std::make_shared<const protocol::JobHash>(flat);
    --coming_;
    host_->onFetched(std::move(next), call.token);
  });
  host_->onBatch({.filled = call.fill,
                  .asked = call.asked - std::min(call.asked, refused),
                  .fetched = reply.fetched(),
                  .limitDelayMs = std::max<int64_t>(reply.limitDelayMs(), 0),
                  .delayUntilMs = std::max<int64_t>(reply.delayUntilMs(), 0)});
}

void Batcher::onFailure(Call& call, Error error) {
  leaving_ -= call.jobs.size();
  coming_ -= call.asked;
  if (error.kind == ErrorKind::kScript && error.code == "NOSCRIPT") return restart(call);
  if (error.kind == ErrorKind::kScript) {
    offUntilMs_ = steadyClockMs() + kOffMs;
    error.message =
        "a batch of jobs could not be completed or fetched, BullMQ's scripts take over for a minute: " + error.message;
  }
  host_->onBatchFailed(call.jobs, call.fill, error);
}

/// Redis has forgotten the script (SCRIPT FLUSH), or was never allowed to load it, and done nothing.
void Batcher::restart(Call& call) {
  forgotten_ = true;
  for (const JobHandle handle : call.jobs) {
    Job* job = context_.jobs.find(handle);
    if (job == nullptr) continue;
    job->state = JobState::kUnconfirmed;
    job->finishSent = false;
  }
  std::vector<Gathered> again;
  for (const JobHandle handle : call.jobs) again.push_back({handle, call.keepJobs});
  gathered_.insert(gathered_.begin(), again.begin(), again.end());
  fill_ = fill_ || call.fill;
  flush_.arm();
}

}  // namespace aurochs::worker
