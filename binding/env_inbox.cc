#include "binding/env_inbox.h"

#include <uv.h>

#include <array>
#include <utility>

#include "binding/event_batch.h"

namespace aurochs::binding {

struct EnvInbox::Wake {
  uv_async_t async;
  napi_env env;
  std::shared_ptr<EnvInbox> inbox;
  std::function<void()> closed;
};

EnvInbox::EnvInbox() = default;
EnvInbox::~EnvInbox() = default;

std::shared_ptr<EnvInbox> EnvInbox::create(Napi::Env env) {
  auto inbox = std::make_shared<EnvInbox>();
  inbox->writer_ = std::make_unique<EventBatch>();
  uv_loop_t* loop = nullptr;
  auto* wake = new Wake{{}, env, inbox, nullptr};
  const bool made = napi_get_uv_event_loop(env, &loop) == napi_ok &&
                    napi_async_init(env, nullptr, Napi::String::New(env, "aurochs"), &inbox->context_) == napi_ok &&
                    uv_async_init(loop, &wake->async, [](uv_async_t* async) {
                      const auto* self = static_cast<Wake*>(async->data);
                      // Keeps the inbox: what it calls may end the environment.
                      const std::shared_ptr<EnvInbox> target = self->inbox;
                      target->deliver(self->env);
                    }) == 0;
  if (!made) Napi::Error::Fatal("EnvInbox::create", "the environment's event loop can't be used");
  wake->async.data = wake;
  uv_unref(reinterpret_cast<uv_handle_t*>(&wake->async));
  MutexLock lock(inbox->mutex_);
  inbox->wake_ = wake;
  return inbox;
}

void EnvInbox::post(Target target, worker::Event event) {
  if (!items_.push({target, std::move(event)})) return;
  MutexLock lock(mutex_);
  if (wake_ != nullptr) uv_async_send(&wake_->async);
}

void EnvInbox::ref() {
  MutexLock lock(mutex_);
  if (references_++ == 0 && wake_ != nullptr) uv_ref(reinterpret_cast<uv_handle_t*>(&wake_->async));
}

void EnvInbox::unref() {
  MutexLock lock(mutex_);
  if (--references_ == 0 && wake_ != nullptr) uv_unref(reinterpret_cast<uv_handle_t*>(&wake_->async));
}

void EnvInbox::kill(std::function<void()> done) {
  Wake* wake;
  {
    MutexLock lock(mutex_);
    wake = std::exchange(wake_, nullptr);
  }
  if (wake == nullptr) return done();
  napi_async_destroy(wake->env, std::exchange(context_, nullptr));
  handler_.Reset();
  writer_.reset();
  wake->closed = std::move(done);
  uv_close(reinterpret_cast<uv_handle_t*>(&wake->async), [](uv_handle_t* handle) {
    const std::unique_ptr<Wake> owned(static_cast<Wake*>(handle->data));
    owned->closed();
  });
}

void EnvInbox::deliver(Napi::Env env) {
  items_.drain(batch_);
  if (batch_.empty() || handler_.IsEmpty()) return;
  Napi::HandleScope scope(env);
  const auto events = writer_->write(env, batch_);
  batch_.clear();
  if (!events) return;
  const std::array<napi_value, 4> arguments{events->count, events->numbers, events->texts, events->others};
  const napi_status status =
      napi_make_callback(env, context_, env.Global(), handler_.Value(), arguments.size(), arguments.data(), nullptr);
  if (status != napi_pending_exception) return;
  // The handler catches what listeners throw. What is left is an environment that ends inside it (process.exit(),
  // terminate()): there is no exception to be had then.
  napi_value exception = nullptr;
  napi_valuetype type = napi_undefined;
  const bool thrown = napi_get_and_clear_last_exception(env, &exception) == napi_ok && exception != nullptr &&
                      napi_typeof(env, exception, &type) == napi_ok && type != napi_undefined;
  if (thrown) napi_fatal_exception(env, exception);
}

}  // namespace aurochs::binding
