#include "loop/io_thread.h"

#include <cassert>
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

#include "base/mutex.h"

namespace aurochs {

namespace {

thread_local const IoThread* current = nullptr;

// Never destroyed: a holder may outlive the static destructors.
struct Shared {
  Mutex mutex;
  std::weak_ptr<IoThread> thread GUARDED_BY(mutex);
};
Shared& sharedState() {
  static auto* state = new Shared;
  return *state;
}

Error failure(int status, const char* what) {
  return {ErrorKind::kConnection, uv_err_name(status),
          std::string("the I/O thread can't start: ") + what + ": " + uv_strerror(status)};
}

// Signals belong to the program's own threads; SIGPIPE among them, so that a write to a closed socket is an EPIPE.
// Faults stay, and SIGPROF for profilers.
void blockSignals() {
  sigset_t blocked;
  sigfillset(&blocked);
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGPROF}) sigdelset(&blocked, signal);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
}

void closeLoop(uv_loop_t* loop) {
  if (uv_loop_close(loop) == 0) return;
  std::fprintf(stderr, "aurochs: handles left open on the I/O thread:");
  uv_walk(
      loop,
      [](uv_handle_t* handle, void*) {
        std::fprintf(stderr, " %s(%p)", uv_handle_type_name(uv_handle_get_type(handle)), static_cast<void*>(handle));
      },
      nullptr);
  std::fprintf(stderr, "\n");
  assert(false && "a handle of the I/O thread was not closed");
}

}  // namespace

Result<std::shared_ptr<IoThread>> IoThread::shared() {
  Shared& state = sharedState();
  MutexLock lock(state.mutex);
  std::shared_ptr<IoThread> thread = state.thread.lock();
  if (!thread) {
    auto started = start();
    if (!started) return std::move(started.error());
    thread = std::move(started.value());
    state.thread = thread;
  }
  return thread;
}

Result<std::unique_ptr<IoThread>> IoThread::start() {
  std::unique_ptr<IoThread> thread(new IoThread);
  if (const int status = uv_loop_init(&thread->loop_)) return failure(status, "uv_loop_init");
  int status = uv_async_init(&thread->loop_, &thread->wake_,
                             [](uv_async_t* wake) { static_cast<IoThread*>(wake->data)->drain(); });
  if (status != 0) {
    uv_loop_close(&thread->loop_);
    return failure(status, "uv_async_init");
  }
  thread->wake_.data = thread.get();
  status = uv_thread_create(&thread->thread_, &IoThread::run, thread.get());
  if (status != 0) {
    thread->stop();
    uv_run(&thread->loop_, UV_RUN_DEFAULT);
    closeLoop(&thread->loop_);
    return failure(status, "uv_thread_create");
  }
  thread->started_ = true;
  return thread;
}

IoThread::~IoThread() {
  if (!started_) return;
  assert(!isCurrent() && "the last reference to the I/O thread was dropped on it");
  post([this] { stop(); });
  uv_thread_join(&thread_);
  closeLoop(&loop_);
}

void IoThread::post(Task task) {
  if (tasks_.push(std::move(task))) uv_async_send(&wake_);
}

bool IoThread::isCurrent() const { return current == this; }

void IoThread::run(void* self) {
  auto* thread = static_cast<IoThread*>(self);
  current = thread;
  blockSignals();
  // A handle that closes after wake_ may post once more; nothing would wake the loop for that.
  do {
    uv_run(&thread->loop_, UV_RUN_DEFAULT);
  } while (thread->drain());
  current = nullptr;
}

bool IoThread::drain() {
  tasks_.drain(batch_);
  const bool any = !batch_.empty();
  for (Task& task : batch_) task();
  batch_.clear();
  return any;
}

void IoThread::stop() { uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr); }

}  // namespace aurochs
