// The JavaScript object behind a Worker: translates its calls into tasks for the I/O thread.
// The environment's own thread only; owned by JavaScript, and alive at least until dispose().
#pragma once

#include <napi.h>

#include <future>
#include <memory>

#include "binding/env_inbox.h"
#include "loop/io_thread.h"
#include "worker/worker_loop.h"

namespace aurochs::binding {

class WorkerHandle final : public Napi::ObjectWrap<WorkerHandle> {
 public:
  static Napi::Function define(Napi::Env env);

  /// `new Worker(options)`: creates the loop, idle.
  explicit WorkerHandle(const Napi::CallbackInfo& info);
  ~WorkerHandle() override;

  /// Closes by force and waits until the I/O thread has let go of it: the environment is going.
  void abandon();

 private:
  Napi::Value number(const Napi::CallbackInfo& info);
  Napi::Value inFlight(const Napi::CallbackInfo& info);
  Napi::Value health(const Napi::CallbackInfo& info);
  void connect(const Napi::CallbackInfo& info);
  void start(const Napi::CallbackInfo& info);
  void pause(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
  void dispose(const Napi::CallbackInfo& info);
  void setConcurrency(const Napi::CallbackInfo& info);
  void setThreads(const Napi::CallbackInfo& info);
  void setInterest(const Napi::CallbackInfo& info);
  Napi::Value cancel(const Napi::CallbackInfo& info);
  void cancelAll(const Napi::CallbackInfo& info);
  void complete(const Napi::CallbackInfo& info);
  void settling(const Napi::CallbackInfo& info);
  void settled(const Napi::CallbackInfo& info);
  void adopt(const Napi::CallbackInfo& info);
  void begin(const Napi::CallbackInfo& info);
  void drop(const Napi::CallbackInfo& info);
  void started(const Napi::CallbackInfo& info);
  void pong(const Napi::CallbackInfo& info);
  void giveUp(const Napi::CallbackInfo& info);
  void threadGone(const Napi::CallbackInfo& info);
  void threadStuck(const Napi::CallbackInfo& info);
  void threadsUnavailable(const Napi::CallbackInfo& info);
  void answer(const Napi::CallbackInfo& info);

  /// Runs `task(WorkerLoop&)` on the I/O thread; nothing once disposed.
  template <typename F>
  void post(F&& task);
  void letGo(Napi::Env env);

  Target target_;
  std::shared_ptr<IoThread> io_;  // null once disposed
  std::shared_ptr<worker::WorkerLoop> loop_;
  std::future<void> closed_;
};

}  // namespace aurochs::binding
