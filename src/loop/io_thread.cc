#include "loop/io_thread.h"

#include <cassert>
#include <csignal>
#include <cstdio>
#include <cstdlib>
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

void require(int status, const char* what) {
  if (status == 0) return;
  std::fprintf(stderr, "aurochs: the I/O thread can't start: %s: %s\n", what, uv_strerror(status));
  std::abort();
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

std::shared_ptr<IoThread> IoThread::shared() {
  Shared& state = sharedState();
  MutexLock lock(state.mutex);
  std::shared_ptr<IoThread> thread = state.thread.lock();
  if (!thread) {
    thread = std::make_shared<IoThread>();
    state.thread = thread;
  }
  return thread;
}

IoThread::IoThread() {
  require(uv_loop_init(&loop_), "uv_loop_init");
  require(uv_async_init(&loop_, &wake_, [](uv_async_t* wake) { static_cast<IoThread*>(wake->data)->drain(); }),
          "uv_async_init");
  wake_.data = this;
  require(uv_thread_create(&thread_, &IoThread::run, this), "uv_thread_create");
}

IoThread::~IoThread() {
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
