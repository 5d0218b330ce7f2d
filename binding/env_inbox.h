// What other threads have to tell one JavaScript environment: a mailbox, and one wake for each batch.
// post() on any thread; everything else on the environment's own thread. Owned by its AddonData.
#pragma once

#include <napi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/mailbox.h"
#include "base/mutex.h"
#include "worker/event.h"

namespace aurochs::binding {

/// Who in this environment an event is for: a worker or a single run, by number.
using Target = uint32_t;

struct InboxItem {
  Target target;
  worker::Event event;
};

class EventBatch;

class EnvInbox {
 public:
  EnvInbox();
  ~EnvInbox();

  /// Not a thread-safe function of Node-API's: those must be given back before their environment ends, which Node
  /// doesn't wait for, and versions of it abort when that goes wrong. A uv_async_t, with the closing in our hands.
  /// Unreferenced: an idle environment exits by itself.
  static std::shared_ptr<EnvInbox> create(Napi::Env env);

  void post(Target target, worker::Event event) EXCLUDES(mutex_);

  /// The JavaScript function that gets each batch (see event_batch.h).
  void setHandler(Napi::Function handler) { handler_ = Napi::Persistent(handler); }
  /// Counts who keeps the process alive: running workers, runs under way, seats of threads.
  void ref();
  void unref();
  /// The environment is going: no call into it any more. `done` runs once libuv has let go of the handle.
  void kill(std::function<void()> done) EXCLUDES(mutex_);

 private:
  struct Wake;  // owned by libuv until it is closed

  void deliver(Napi::Env env);

  Mailbox<InboxItem> items_;

  Mutex mutex_;
  Wake* wake_ GUARDED_BY(mutex_) = nullptr;  // null once killed

  // The environment's thread only.
  Napi::FunctionReference handler_;
  napi_async_context context_ = nullptr;
  std::vector<InboxItem> batch_;
  std::unique_ptr<EventBatch> writer_;
  uint32_t references_ = 0;
};

}  // namespace aurochs::binding
