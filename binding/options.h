// JavaScript objects into the engine's values. What comes in was validated by lib/.
// The environment's own thread.
#pragma once

#include <napi.h>

#include <memory>

#include "base/result.h"
#include "protocol/job_hash.h"
#include "worker/options.h"

namespace aurochs::binding {

/// @returns kConfig for TLS options that OpenSSL can't use.
Result<worker::Options> toWorkerOptions(const Napi::Object& options);

/// From a flat `[name, value, …]` array of strings.
std::shared_ptr<const protocol::JobHash> toJobHash(const Napi::Array& flat);

}  // namespace aurochs::binding
