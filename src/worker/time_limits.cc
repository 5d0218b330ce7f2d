#include "worker/time_limits.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/clock.h"

namespace aurochs::worker {

namespace {

// A job's own limit, 0 without one. Few have one, so the options are parsed only when its name stands in them.
int64_t ownLimitMs(const Job& job) {
  const std::string_view text = job.hash->get("opts");
  if (text.find("\"timeLimit\"") == std::string_view::npos) return 0;
  const nlohmann::json options = nlohmann::json::parse(text, nullptr, false);
  if (!options.is_object()) return 0;
  const auto limit = options.find("timeLimit");
  if (limit == options.end() || !limit->is_number()) return 0;
  // A producer may write any number: what is added to the clock must not wrap around it.
  constexpr double kLongestMs = 1e15;
  const auto ms = limit->get<double>();
  return ms >= 1 ? static_cast<int64_t>(std::min(ms, kLongestMs)) : 0;
}

}  // namespace

TimeLimits::TimeLimits(uv_loop_t* loop, Context context, Router& router, Host* host)
    : context_(context), router_(router), host_(host), timer_(loop) {}

int64_t TimeLimits::hardLimitMs(const Job& job) const {
  const int64_t worker = context_.options.routes[job.route].timeLimitMs;
  const int64_t own = ownLimitMs(job);
  return own > 0 && (worker == 0 || own < worker) ? own : worker;
}

void TimeLimits::started(JobHandle handle, const Job& job) {
  const int64_t now = steadyClockMs();
  const int64_t hard = hardLimitMs(job);
  const int64_t soft = softLimitMs(job);
  if (soft > 0 && (hard == 0 || soft < hard)) add(now + soft, {Kind::kSoft, handle, job.run, soft});
  if (hard > 0) add(now + hard, {Kind::kHard, handle, job.run, hard});
}

void TimeLimits::add(int64_t dueMs, Limit limit) {
  const auto entry = due_.emplace(dueMs, limit);
  if (entry == due_.begin()) arm();
}

void TimeLimits::arm() {
  if (due_.empty()) return timer_.stop();
  timer_.start(static_cast<uint64_t>(std::max<int64_t>(due_.begin()->first - steadyClockMs(), 1)), [this] { tick(); });
}

void TimeLimits::tick() {
  const int64_t now = steadyClockMs();
  while (!due_.empty() && due_.begin()->first <= now) {
    const Limit limit = due_.extract(due_.begin()).mapped();
    Job* job = context_.jobs.find(limit.handle);
    if (job == nullptr || job->run != limit.run || !job->isRunning() || job->outcome) continue;
    const int64_t noted = job->attempt ? job->attempt->startedAtMs.load() : Attempt::kUntimed;
    const int64_t startedAt = noted == Attempt::kUntimed ? now - limit.limitMs : noted;
    if (limit.kind == Kind::kGrace || startedAt + limit.limitMs <= now) {
      pass(limit, *job);
    } else {
      // It queued for a thread of the pool, or still does.
      add(startedAt > 0 ? startedAt + limit.limitMs : now + limit.limitMs, limit);
    }
  }
  arm();
}

void TimeLimits::pass(const Limit& limit, Job& job) {
  switch (limit.kind) {
    case Kind::kSoft:
      return router_.cancel(limit.handle, job, error(job, limit), false);
    case Kind::kHard:
      job.limitError = error(job, limit);
      if (router_.stop(limit.handle, job, *job.limitError)) return;
      return add(steadyClockMs() + kGraceMs, {Kind::kGrace, limit.handle, limit.run, limit.limitMs});
    case Kind::kGrace:
      return host_->onOverdue(limit.handle, *job.limitError);
  }
}

std::string TimeLimits::error(const Job& job, const Limit& limit) const {
  const char* option = limit.kind == Kind::kSoft ? "softTimeLimit" : "timeLimit";
  return nlohmann::json{
      {"name", "TimeLimitError"},
      {"message", "job " + job.id + " ran longer than its " + option + " of " + std::to_string(limit.limitMs) + " ms"}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace aurochs::worker
