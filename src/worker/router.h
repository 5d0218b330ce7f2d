// Sends each job to the runner that its name belongs to, and keeps every route within its own concurrency.
// I/O thread only; owned by the worker loop.
#pragma once

#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "worker/context.h"
#include "worker/native_run.h"
#include "worker/runner.h"
#include "worker/thread_group.h"

namespace aurochs::worker {

class Router {
 public:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  Router(uv_loop_t* loop, Context context, std::weak_ptr<IoThread> io, std::weak_ptr<RunListener> listener,
         ThreadGroup::Host* host);

  /// Lets threads attach, and asks for the first of each group.
  void open();
  void endThreads();
  /// Threads at most, and jobs for each of them at once, of a route that runs on threads.
  void resize(size_t route, size_t threads, size_t jobsPerThread);

  /// All routes can run jobs.
  [[nodiscard]] bool ready() const;
  /// The route for jobs with this name, or kNone.
  [[nodiscard]] size_t find(std::string_view name) const;
  /// Jobs in flight that wait for room in their own route, while the worker has some.
  [[nodiscard]] size_t waiting() const { return waiting_; }

  /// Runs a job that has a route, once that has room.
  void run(JobHandle handle, Job& job);
  /// Counts a job that JavaScript runs already.
  void admit(Job& job);
  /// The job's slot is given to another one, or to none.
  void leave(JobHandle handle, Job& job);
  void cancel(JobHandle handle, Job& job, const std::string& reason, bool insist);
  /// See Runner.
  bool stop(JobHandle handle, Job& job, std::string error);

  // Thread numbers are the environment's, and unique in the worker.
  /// @returns whether jobs have been orphaned.
  bool threadGone(ThreadNumber thread);
  void threadStuck(ThreadNumber thread);
  void threadsUnavailable(size_t route);
  void answer(const Job& job, JobHandle handle, int64_t call, bool ok, std::string text);

 private:
  struct Lane {
    std::shared_ptr<Runner> runner;
    std::shared_ptr<ThreadGroup> group;  ///< The runner, where that is a group of threads.
    size_t running = 0;
    std::deque<JobHandle> waiting;
  };

  [[nodiscard]] bool hasRoom(const Lane& lane, const Route& route) const;

  Context context_;
  const std::weak_ptr<IoThread> io_;
  std::vector<Lane> lanes_;  ///< As many as options.routes, in their order.
  size_t waiting_ = 0;
};

}  // namespace aurochs::worker
