// A batch of events as one flat JavaScript array, kEventStride entries each, in the order of lib/engine/events.ts.
// The environment's own thread.
#pragma once

#include <napi.h>

#include <vector>

#include "binding/env_inbox.h"

namespace aurochs::binding {

/// target, type, job handle, number, flag, id, token, text, list (a job's flat hash, or ids)
inline constexpr uint32_t kEventStride = 9;

Napi::Array toArray(Napi::Env env, const std::vector<InboxItem>& batch);

}  // namespace aurochs::binding
