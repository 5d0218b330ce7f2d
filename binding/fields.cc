#include "binding/fields.h"

#include <algorithm>

namespace aurochs::binding {

namespace {

// A hundred years in ms: what "never" may come to without an overflow further on.
constexpr double kLimit = 100.0 * 365 * 24 * 3600 * 1000;

}  // namespace

Napi::Value field(const Napi::Object& from, const char* name) {
  return from.IsEmpty() ? Napi::Value() : from.Get(name);
}

std::string text(const Napi::Object& from, const char* name) {
  const Napi::Value value = field(from, name);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

int64_t integer(const Napi::Object& from, const char* name) {
  const Napi::Value value = field(from, name);
  if (!value.IsNumber()) return 0;
  // Infinity is a valid number of milliseconds, which Int64Value() would make 0.
  return static_cast<int64_t>(std::clamp(value.As<Napi::Number>().DoubleValue(), -kLimit, kLimit));
}

bool boolean(const Napi::Object& from, const char* name) {
  const Napi::Value value = field(from, name);
  return value.IsBoolean() && value.As<Napi::Boolean>().Value();
}

Napi::Object object(const Napi::Object& from, const char* name) {
  const Napi::Value value = field(from, name);
  return value.IsObject() ? value.As<Napi::Object>() : Napi::Object();
}

std::vector<Napi::Object> objects(const Napi::Object& from, const char* name) {
  std::vector<Napi::Object> to;
  const Napi::Value value = field(from, name);
  if (!value.IsArray()) return to;
  const Napi::Array list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::Value one = list.Get(i);
    to.push_back(one.IsObject() ? one.As<Napi::Object>() : Napi::Object());
  }
  return to;
}

}  // namespace aurochs::binding
