#include "worker/suspects.h"

#include <algorithm>
#include <utility>

namespace aurochs::worker {

namespace {
constexpr uint64_t kPauseMs = 1000;
constexpr unsigned kGivenUpAfter = 8;
}  // namespace

Suspects::Suspects(uv_loop_t* loop, Context context, Host* host) : context_(context), host_(host), timer_(loop) {}

void Suspects::begin(std::vector<JobHandle> jobs) {
  const auto losses = [this](JobHandle handle) { return context_.jobs.find(handle)->losses; };
  std::stable_sort(jobs.begin(), jobs.end(), [&](JobHandle a, JobHandle b) { return losses(a) > losses(b); });
  waiting_ = std::move(jobs);
  later_.clear();
  timer_.stop();
  sent_ = 0;
  next();
}

void Suspects::onEnd(JobHandle handle) {
  if (handle != sent_) return;
  sent_ = 0;
  next();
}

void Suspects::next() {
  while (sent_ == 0 && !waiting_.empty() && context_.commands.ready()) {
    const JobHandle handle = waiting_.back();
    waiting_.pop_back();
    const Job* job = context_.jobs.find(handle);
    if (job == nullptr || job->state != JobState::kUnconfirmed) continue;
    const unsigned alone = job->losses - std::min(job->losses, kSuspectedAfter);
    if (job->losses >= kGivenUpAfter) {
      host_->giveUp(handle,
                    "the connection to Redis was lost " + std::to_string(job->losses) +
                        " times while the job's result was on its way; is it too large for the server, or for a "
                        "proxy before it?");
    } else if (alone > 0 && std::find(later_.begin(), later_.end(), handle) == later_.end()) {
      later_.push_back(handle);
      if (timer_.active()) continue;
      timer_.start(kPauseMs << (alone - 1), [this] {
        waiting_.insert(waiting_.begin(), later_.begin(), later_.end());
        next();
        later_.clear();
      });
    } else {
      sent_ = handle;
      host_->sendSuspect(handle);
    }
  }
}

}  // namespace aurochs::worker
