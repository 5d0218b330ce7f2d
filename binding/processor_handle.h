// The JavaScript object behind native(): a loaded native processor, and how to run it without a worker loop.
// The environment's own thread; owned by JavaScript.
#pragma once

#include <napi.h>

#include <memory>

#include "pool/processor.h"

namespace aurochs::binding {

class ProcessorHandle final : public Napi::ObjectWrap<ProcessorHandle> {
 public:
  static Napi::Function define(Napi::Env env);

  /// `new NativeProcessor(path, symbol)`: loads the library; throws with the engine's message.
  explicit ProcessorHandle(const Napi::CallbackInfo& info);

  [[nodiscard]] const std::shared_ptr<const pool::Processor>& processor() const { return processor_; }

 private:
  Napi::Value description(const Napi::CallbackInfo& info);
  /// `run({ id, name, queue, data, attemptsMade })`: returns the run, whose events come through the inbox.
  Napi::Value run(const Napi::CallbackInfo& info);

  std::shared_ptr<const pool::Processor> processor_;
};

}  // namespace aurochs::binding
