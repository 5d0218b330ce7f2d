// The I/O thread: one uv_loop_t on a thread of its own; owns every connection, worker loop and timer.
// post() from any thread; everything that runs on it sees one thread only. Never runs user code.
#pragma once

#include <uv.h>

#include <memory>
#include <vector>

#include "base/mailbox.h"
#include "base/unique_function.h"

namespace aurochs {

class IoThread {
 public:
  /// The process's I/O thread: started by the first holder, joined when the last lets go of it.
  /// The last reference must not be dropped on the I/O thread itself.
  static std::shared_ptr<IoThread> shared();

  /// Ends the process when the system refuses a loop or a thread.
  IoThread();
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
  static void run(void* self);
  /// @returns whether there was anything to run.
  bool drain();
  void stop();

  // Set by the constructor.
  uv_loop_t loop_;
  uv_async_t wake_;
  uv_thread_t thread_;
  // Guarded by its own mutex.
  Mailbox<Task> tasks_;
  // I/O thread only.
  std::vector<Task> batch_;
};

}  // namespace aurochs
