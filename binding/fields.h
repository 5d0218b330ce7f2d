// Reads an object's fields as plain values. What comes in was validated by lib/.
// The environment's own thread.
#pragma once

#include <napi.h>

#include <cstdint>
#include <string>

namespace aurochs::binding {

/// Empty for what is no string.
std::string text(const Napi::Object& from, const char* name);

/// 0 for what is no number.
int64_t integer(const Napi::Object& from, const char* name);

bool boolean(const Napi::Object& from, const char* name);

}  // namespace aurochs::binding
