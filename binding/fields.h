// Reads an object's fields as plain values. What comes in was validated by lib/.
// The environment's own thread.
#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace aurochs::binding {

// Of an empty object they are as of one without fields: in an environment that is being terminated no field can be
// read any more, and node-addon-api aborts the process on whatever is done to an empty value.
Napi::Value field(const Napi::Object& from, const char* name);

/// Empty for what is no object.
Napi::Object object(const Napi::Object& from, const char* name);
std::vector<Napi::Object> objects(const Napi::Object& from, const char* name);

/// Empty for what is no string.
std::string text(const Napi::Object& from, const char* name);

/// 0 for what is no number.
int64_t integer(const Napi::Object& from, const char* name);

bool boolean(const Napi::Object& from, const char* name);

}  // namespace aurochs::binding
