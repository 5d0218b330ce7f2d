// A worker loop's health as a JavaScript object: NativeHealth of lib/binding.ts.
// The environment's thread.
#pragma once

#include <napi.h>

#include "worker/worker_loop.h"

namespace aurochs::binding {

Napi::Object toHealth(Napi::Env env, const worker::LoopHealth& health);

}  // namespace aurochs::binding
