// lib/connection's endpoint into the engine's, its certificates and keys read.
// The environment's own thread.
#pragma once

#include <napi.h>

#include <string>

#include "base/result.h"
#include "redis/endpoint.h"

namespace aurochs::binding {

/// Without a name of its own. `key` is the beginning of the queue's keys, up to the last colon: it has their slot.
/// @returns kConfig for TLS options that OpenSSL can't use.
Result<redis::Endpoint> toEndpoint(const Napi::Object& from, const std::string& key);

}  // namespace aurochs::binding
