// The process's TLS contexts by their options, so that workers with the same options share one: to read the usual 150
// roots takes milliseconds. A context goes with the last connection that has it. Any thread.
#pragma once

#include <napi.h>

#include <memory>

#include "base/result.h"
#include "redis/tls_context.h"

namespace aurochs::binding {

/// @param from a NativeTls.
Result<std::shared_ptr<const redis::TlsContext>> tlsContext(const Napi::Object& from);

}  // namespace aurochs::binding
