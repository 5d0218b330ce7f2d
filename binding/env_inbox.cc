#include "binding/env_inbox.h"

#include "binding/event_array.h"

namespace aurochs::binding {

std::shared_ptr<EnvInbox> EnvInbox::create(Napi::Env env) {
  auto inbox = std::make_shared<EnvInbox>();
  // The function owns a share, so that a wake that is under way while the environment goes finds the inbox alive.
  auto* share = new std::shared_ptr<EnvInbox>(inbox);
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<EnvInbox>*>(data); };
  MutexLock lock(inbox->mutex_);
  const napi_status status = napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "aurochs"),
                                                             0, 1, share, finalize, inbox.get(), onWake, &inbox->wake_);
  if (status != napi_ok) {
    delete share;
    Napi::Error::Fatal("EnvInbox::create", "napi_create_threadsafe_function failed");
  }
  napi_unref_threadsafe_function(env, inbox->wake_);
  return inbox;
}

void EnvInbox::post(Target target, worker::Event event) {
  if (!items_.push({target, std::move(event)})) return;
  MutexLock lock(mutex_);
  if (wake_ != nullptr) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
}

void EnvInbox::ref(Napi::Env env) {
  MutexLock lock(mutex_);
  if (references_++ == 0 && wake_ != nullptr) napi_ref_threadsafe_function(env, wake_);
}

void EnvInbox::unref(Napi::Env env) {
  MutexLock lock(mutex_);
  if (--references_ == 0 && wake_ != nullptr) napi_unref_threadsafe_function(env, wake_);
}

void EnvInbox::kill() {
  MutexLock lock(mutex_);
  if (wake_ == nullptr) return;
  napi_release_threadsafe_function(wake_, napi_tsfn_abort);
  wake_ = nullptr;
  handler_.Reset();
}

void EnvInbox::onWake(napi_env env, napi_value, void* context, void*) {
  // Without an environment, Node only empties the queue of an aborted function.
  if (env != nullptr) static_cast<EnvInbox*>(context)->deliver(env);
}

void EnvInbox::deliver(Napi::Env env) {
  items_.drain(batch_);
  if (batch_.empty() || handler_.IsEmpty()) return;
  Napi::HandleScope scope(env);
  const Napi::Array events = toArray(env, batch_);
  batch_.clear();
  // Node-API itself, not its C++ wrapper: an environment that ends inside the handler (process.exit(), terminate())
  // leaves an exception that can't be thrown, which Node deals with by itself.
  const napi_value argument = events;
  napi_call_function(env, env.Undefined(), handler_.Value(), 1, &argument, nullptr);
}

}  // namespace aurochs::binding
