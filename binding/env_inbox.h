// What other threads have to tell one JavaScript environment: a mailbox, and one wake for each batch.
// post() on any thread; everything else on the environment's own thread. Owned by its AddonData.
#pragma once

#include <napi.h>

#include <cstdint>
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

class EnvInbox {
 public:
  /// Creates the thread-safe function, unreferenced: an idle environment exits by itself.
  static std::shared_ptr<EnvInbox> create(Napi::Env env);

  void post(Target target, worker::Event event) EXCLUDES(mutex_);

  /// The JavaScript function that gets each batch (see event_array.h).
  void setHandler(Napi::Function handler) { handler_ = Napi::Persistent(handler); }
  /// Counts who keeps the process alive: running workers, runs under way.
  void ref(Napi::Env env);
  void unref(Napi::Env env);
  /// The environment is going: no call into it any more. Must run before the thread-safe function's finalizer.
  void kill() EXCLUDES(mutex_);

 private:
  static void onWake(napi_env env, napi_value function, void* context, void* data);
  void deliver(Napi::Env env);

  Mailbox<InboxItem> items_;

  Mutex mutex_;
  napi_threadsafe_function wake_ GUARDED_BY(mutex_) = nullptr;  // null once killed

  // The environment's thread only.
  Napi::FunctionReference handler_;
  std::vector<InboxItem> batch_;
  uint32_t references_ = 0;
};

}  // namespace aurochs::binding
