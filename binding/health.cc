#include "binding/health.h"

#include <uv.h>

namespace aurochs::binding {

namespace {

using redis::ConnectionState;

const char* statusOf(ConnectionState state) {
  switch (state) {
    case ConnectionState::kIdle:
      return "wait";
    case ConnectionState::kLocating:
    case ConnectionState::kConnecting:
      return "connecting";
    case ConnectionState::kHandshaking:
      return "connect";
    case ConnectionState::kReady:
      return "ready";
    case ConnectionState::kBackoff:
      return "reconnecting";
    case ConnectionState::kEnded:
    case ConnectionState::kClosed:
      break;
  }
  return "end";
}

Napi::Object toHealth(Napi::Env env, const redis::Health& health) {
  constexpr uint64_t kNanosecondsPerMs = 1'000'000;
  const uint64_t now = uv_hrtime() / kNanosecondsPerMs;
  // The I/O thread's clock may be a moment ahead, or behind.
  const auto age = [&](uint64_t since) { return static_cast<double>(now > since ? now - since : 0); };
  Napi::Object to = Napi::Object::New(env);
  to.Set("status", statusOf(health.state));
  to.Set("server", health.server);
  if (health.lastReplyMs > 0) to.Set("lastReplyAge", age(health.lastReplyMs));
  to.Set("reconnects", static_cast<double>(health.reconnects));
  if (health.lastError) {
    Napi::Object error = Napi::Object::New(env);
    error.Set("code", health.lastError->code);
    error.Set("message", health.lastError->message);
    error.Set("age", age(health.lastErrorMs));
    to.Set("lastError", error);
  }
  return to;
}

}  // namespace

Napi::Object toHealth(Napi::Env env, const worker::LoopHealth& health) {
  Napi::Object to = Napi::Object::New(env);
  to.Set("command", toHealth(env, health.commands));
  to.Set("blocking", toHealth(env, health.blocking));
  return to;
}

}  // namespace aurochs::binding
