#include "worker/router.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "worker/inline_runner.h"
#include "worker/native_runner.h"

namespace aurochs::worker {

namespace {

pool::Lane nextPoolLane() {
  static std::atomic<pool::Lane> lane{0};
  return ++lane;
}

}  // namespace

Router::Router(uv_loop_t* loop, Context context, std::weak_ptr<IoThread> io, std::weak_ptr<RunListener> listener,
               ThreadGroup::Host* host)
    : context_(context), io_(std::move(io)) {
  const std::vector<Route>& routes = context.options.routes;
  for (size_t i = 0; i < routes.size(); ++i) {
    Lane lane;
    if (routes[i].processor) {
      lane.runner = std::make_shared<NativeRunner>(loop, context, routes[i].processor, nextPoolLane(), io_, listener);
    } else if (!routes[i].threadGroup.empty()) {
      lane.group = std::make_shared<ThreadGroup>(loop, context, i, host);
      lane.runner = lane.group;
    } else {
      lane.runner = std::make_shared<InlineRunner>(context);
    }
    lanes_.push_back(std::move(lane));
  }
}

void Router::open() {
  for (const Lane& lane : lanes_) {
    if (lane.group) lane.group->open(io_);
  }
}

void Router::endThreads() {
  for (const Lane& lane : lanes_) {
    if (lane.group) lane.group->endThreads();
  }
}

void Router::resize(size_t route, size_t threads, size_t jobsPerThread) {
  if (lanes_[route].group) lanes_[route].group->resize(threads, jobsPerThread);
}

bool Router::ready() const {
  return std::all_of(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return lane.runner->ready(); });
}

size_t Router::find(std::string_view name) const {
  const std::vector<Route>& routes = context_.options.routes;
  size_t others = kNone;
  for (size_t i = 0; i < routes.size(); ++i) {
    if (routes[i].name == name) return i;
    if (routes[i].name == "*") others = i;
  }
  return others;
}

bool Router::hasRoom(const Lane& lane, const Route& route) const {
  return route.concurrency == 0 || lane.running < route.concurrency;
}

void Router::run(JobHandle handle, Job& job) {
  Lane& lane = lanes_[job.route];
  if (!hasRoom(lane, context_.options.routes[job.route])) {
    lane.waiting.push_back(handle);
    ++waiting_;
    return;
  }
  admit(job);
  lane.runner->run(handle, job);
}

void Router::admit(Job& job) {
  ++lanes_[job.route].running;
  job.admitted = true;
}

void Router::leave(JobHandle handle, Job& job) {
  if (job.route == kNone) return;
  const size_t route = std::exchange(job.route, kNone);
  Lane& lane = lanes_[route];
  if (!std::exchange(job.admitted, false)) {
    waiting_ -= std::erase(lane.waiting, handle);
    return;
  }
  --lane.running;
  while (!lane.waiting.empty() && hasRoom(lane, context_.options.routes[route])) {
    const JobHandle next = lane.waiting.front();
    lane.waiting.pop_front();
    --waiting_;
    Job* waiting = context_.jobs.find(next);
    if (waiting != nullptr && waiting->isRunning()) run(next, *waiting);
  }
}

void Router::cancel(JobHandle handle, Job& job, const std::string& reason, bool insist) {
  if (job.route != kNone) lanes_[job.route].runner->cancel(handle, job, reason, insist);
}

bool Router::stop(JobHandle handle, Job& job, std::string error) {
  return job.route != kNone && lanes_[job.route].runner->stop(handle, job, std::move(error));
}

bool Router::threadGone(ThreadNumber thread) {
  bool orphaned = false;
  for (const Lane& lane : lanes_) {
    if (lane.group && lane.group->gone(thread)) orphaned = true;
  }
  return orphaned;
}

void Router::threadStuck(ThreadNumber thread) {
  for (const Lane& lane : lanes_) {
    if (lane.group) lane.group->stuck(thread);
  }
}

void Router::threadsUnavailable(size_t route) {
  if (route < lanes_.size() && lanes_[route].group) lanes_[route].group->unavailable();
}

void Router::answer(const Job& job, JobHandle handle, int64_t call, bool ok, std::string text) {
  if (job.route != kNone && lanes_[job.route].group) {
    lanes_[job.route].group->answer(handle, call, ok, std::move(text));
  }
}

}  // namespace aurochs::worker
