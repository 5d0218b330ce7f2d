#include "binding/fields.h"

#include <algorithm>

namespace aurochs::binding {

namespace {

// A hundred years in ms: what "never" may come to without an overflow further on.
constexpr double kLimit = 100.0 * 365 * 24 * 3600 * 1000;

}  // namespace

std::string text(const Napi::Object& from, const char* name) {
  const Napi::Value value = from.Get(name);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

int64_t integer(const Napi::Object& from, const char* name) {
  const Napi::Value value = from.Get(name);
  if (!value.IsNumber()) return 0;
  // Infinity is a valid number of milliseconds, which Int64Value() would make 0.
  return static_cast<int64_t>(std::clamp(value.As<Napi::Number>().DoubleValue(), -kLimit, kLimit));
}

bool boolean(const Napi::Object& from, const char* name) { return from.Get(name).ToBoolean().Value(); }

}  // namespace aurochs::binding
