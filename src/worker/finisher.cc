#include "worker/finisher.h"

#include <array>
#include <utility>

#include "base/clock.h"
#include "protocol/arguments.h"
#include "protocol/error_code.h"
#include "redis/error_reply.h"

namespace aurochs::worker {

namespace {
// A server that refuses work for a while (out of memory, disk or rights) is asked again after this time, until it takes
// the result or says that the job's lock has run out.
constexpr uint64_t kRefusedMs = 1000;
}  // namespace

Finisher::Finisher(uv_loop_t* loop, Context context, protocol::ScriptOptions& scriptOptions, Batcher& batcher,
                   Host* host)
    : context_(context),
      scriptOptions_(scriptOptions),
      batcher_(batcher),
      host_(host),
      retry_(loop),
      suspects_(loop, context, this) {}

void Finisher::complete(JobHandle handle, std::string result) {
  Job* job = context_.jobs.find(handle);
  if (job == nullptr || job->state != JobState::kRunning) return;
  job->result = std::move(result);
  job->finishedAtMs = wallClockMs();
  job->state = JobState::kUnconfirmed;
  if (!context_.commands.ready()) return;
  if (!batcher_.take(handle, *job)) send(handle);
}

void Finisher::onReady() {
  std::vector<JobHandle> unconfirmed;
  context_.jobs.forEach([&](JobHandle handle, const Job& job) {
    if (job.state == JobState::kUnconfirmed) unconfirmed.push_back(handle);
  });
  std::vector<JobHandle> suspects;
  for (const JobHandle handle : unconfirmed) {
    const Job& job = *context_.jobs.find(handle);
    if (Suspects::suspected(job)) {
      suspects.push_back(handle);
      continue;
    }
    // A repetition goes alone: its reply says more than a batch's.
    if (job.finishSent || !batcher_.take(handle, job)) send(handle);
  }
  suspects_.begin(std::move(suspects));
}

void Finisher::onCode(JobHandle handle, int64_t code) {
  Job* job = context_.jobs.find(handle);
  if (job == nullptr) return;
  if (code == 0) return host_->onFinished(handle, {}, false);
  if (code != protocol::kLeftToBullmq) return host_->onFinishRefused(handle, code, {});
  job->finishSent = false;
  job->state = JobState::kUnconfirmed;
  if (context_.commands.ready()) send(handle);
}

void Finisher::onBatchFailed(const std::vector<JobHandle>& handles, ErrorKind kind) {
  if (kind == ErrorKind::kClosed) return;
  for (const JobHandle handle : handles) {
    Job* job = context_.jobs.find(handle);
    if (job == nullptr || job->state != JobState::kFinishing) continue;
    job->state = JobState::kUnconfirmed;
    if (kind == ErrorKind::kConnection) ++job->losses;
    if (context_.commands.ready()) send(handle);
  }
}

void Finisher::send(JobHandle handle) {
  Job* job = context_.jobs.find(handle);
  const bool repeated = job->finishSent;
  job->state = JobState::kFinishing;
  job->finishSent = true;
  job->fetchNext = host_->mayFetchNext();
  std::string options = scriptOptions_.finish(job->hash->get("opts")).moveToFinished.withToken(*job->token);
  redis::callScript(context_.commands, context_.options.scripts->moveToFinished,
                    protocol::moveToCompletedArguments(context_.keys, job->id, job->finishedAtMs, job->result,
                                                       job->fetchNext, std::move(options)),
                    [this, handle, repeated](Result<redis::ReplyView> result) {
                      onReply(handle, repeated, std::move(result));
                      suspects_.onEnd(handle);
                    });
}

void Finisher::onReply(JobHandle handle, bool repeated, Result<redis::ReplyView> result) {
  Job* job = context_.jobs.find(handle);
  if (job == nullptr) return;
  if (!result) return onError(handle, 0, std::move(result.error()));
  std::optional<protocol::NextJob> next = protocol::NextJob::fromReply(result.value());
  if (!next) return onError(handle, 0, context_.commands.rejectReply("moveToFinished"));
  if (next->code < 0) {
    return repeated ? confirm(handle, next->code) : host_->onFinishRefused(handle, next->code, {});
  }
  const bool fetched = job->fetchNext;
  host_->onFinished(handle, std::move(*next), fetched);
}

// The first call may have finished the job although its reply never came: then the repetition finds no lock, and
// no job at all when it was removed on completion. The job stands in the completed set with our own time-stamp.
void Finisher::confirm(JobHandle handle, int64_t code) {
  if (code == protocol::kJobNotExist) return host_->onFinished(handle, {}, false);
  if (code != protocol::kJobLockNotExist) return host_->onFinishRefused(handle, code, {});
  const Job* job = context_.jobs.find(handle);
  const std::array<std::string_view, 3> command{"ZSCORE", context_.keys.completed, job->id};
  context_.commands.send(command, [this, handle, code](Result<redis::ReplyView> result) {
    const Job* asked = answered(handle, code, result);
    if (asked == nullptr) return;
    if (result.value().integer() == asked->finishedAtMs) return host_->onFinished(handle, {}, false);
    if (!result.value().isNil()) return host_->onFinishRefused(handle, code, {});
    confirmRemoved(handle, code);
  });
}

/// Completed, and gone already because few are kept?
void Finisher::confirmRemoved(JobHandle handle, int64_t code) {
  const std::string key = context_.keys.job(context_.jobs.find(handle)->id);
  const std::array<std::string_view, 2> command{"EXISTS", key};
  context_.commands.send(command, [this, handle, code](Result<redis::ReplyView> result) {
    if (answered(handle, code, result) == nullptr) return;
    if (result.value().integer() == 0) return host_->onFinished(handle, {}, false);
    host_->onFinishRefused(handle, code, {});
  });
}

/// The job that was asked about; null when it is gone, or there is no answer: then that is dealt with.
const Job* Finisher::answered(JobHandle handle, int64_t code, const Result<redis::ReplyView>& result) {
  const Job* job = context_.jobs.find(handle);
  if (job == nullptr || result) return job;
  onError(handle, code, result.error());
  return nullptr;
}

/// No answer, or Redis's refusal. @param code what to tell BullMQ's code when that is for good.
void Finisher::onError(JobHandle handle, int64_t code, Error error) {
  if (error.kind == ErrorKind::kConnection) {
    Job& job = *context_.jobs.find(handle);
    job.state = JobState::kUnconfirmed;
    ++job.losses;
  } else if (error.kind == ErrorKind::kScript && redis::refusedForNow(error.message)) {
    if (refused_.empty()) context_.reportError(error);
    retryLater(handle);
  } else if (error.kind == ErrorKind::kScript) {
    host_->onFinishRefused(handle, code, code == 0 ? std::move(error.message) : std::string());
  }
}

void Finisher::retryLater(JobHandle handle) {
  context_.jobs.find(handle)->state = JobState::kUnconfirmed;
  refused_.push_back(handle);
  if (retry_.active()) return;
  retry_.start(kRefusedMs, [this] {
    for (const JobHandle refused : std::exchange(refused_, {})) {
      const Job* job = context_.jobs.find(refused);
      const bool waits = job != nullptr && job->state == JobState::kUnconfirmed;
      if (waits && context_.commands.ready()) send(refused);
    }
  });
}

}  // namespace aurochs::worker
