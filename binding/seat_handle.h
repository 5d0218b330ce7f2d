// NativeSeat: a JavaScript thread's place at a worker loop, as that thread's environment sees it.
// The environment's own thread only; kept alive by itself until it detaches.
#pragma once

#include <napi.h>

#include <memory>

#include "binding/env_inbox.h"
#include "worker/thread_seat.h"

namespace aurochs::binding {

class SeatHandle : public Napi::ObjectWrap<SeatHandle> {
 public:
  static Napi::Function define(Napi::Env env);
  /// new NativeSeat(group, thread): throws when there is no such group (any more).
  explicit SeatHandle(const Napi::CallbackInfo& info);

  /// The environment is going.
  void abandon() { seat_.reset(); }

 private:
  Napi::Value number(const Napi::CallbackInfo& info);
  Napi::Value queue(const Napi::CallbackInfo& info);
  Napi::Value prefix(const Napi::CallbackInfo& info);
  void complete(const Napi::CallbackInfo& info);
  void fail(const Napi::CallbackInfo& info);
  Napi::Value progress(const Napi::CallbackInfo& info);
  Napi::Value log(const Napi::CallbackInfo& info);
  void call(const Napi::CallbackInfo& info);
  void cancelling(const Napi::CallbackInfo& info);
  void detach(const Napi::CallbackInfo& info);

  Target target_ = 0;
  std::unique_ptr<worker::ThreadSeat> seat_;  // null once detached
};

}  // namespace aurochs::binding
