// The I/O thread: one uv_loop_t on a thread of its own; owns every connection, worker loop and timer.
// post() from any thread; everything that runs on it sees one thread only. Never runs user code.
#pragma once

#include <uv.h>

#include <memory>
#include <vector>

#include "base/mailbox.h"
#include "base/result.h"
#include "base/unique_function.h"

namespace aurochs {

class IoThread {
 public:
  /// The process's I/O thread: started by the first holder, joined when the last lets go of it.
  /// The last reference must not be dropped on the I/O thread itself.
  /// @returns kConnection with libuv's code (EMFILE, EAGAIN, …) when the system refuses a loop or a thread.
  static Result<std::shared_ptr<IoThread>> shared();

  /// A thread apart from that; errors as above.
  static Result<std::unique_ptr<IoThread>> start();

  /// Runs what is still posted, lets handles close, joins. Whoever uses the thread closes its handles first:
  /// an open handle that is active keeps the destructor waiting, an idle one aborts debug builds by name.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  /// Runs `task` on the I/O thread, in the order of posting. One wake for each batch.
  void post(Task task);

  /// For handles; I/O thread only.
  uv_loop_t* loop() { return &loop_; }
  [[nodiscard]] bool isCurrent() const;

 private:
  IoThread() = default;
  static void run(void* self);
  /// @returns whether there was anything to run.
  bool drain();
  void stop();

  // Set by start().
  uv_loop_t loop_;
  uv_async_t wake_;
  uv_thread_t thread_;
  bool started_ = false;
  // Guarded by its own mutex.
  Mailbox<Task> tasks_;
  // I/O thread only.
  std::vector<Task> batch_;
};

}  // namespace aurochs
