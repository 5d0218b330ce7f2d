// The addon's exports. Context-aware: loaded once for each environment, the main thread or a worker thread.

#include <napi.h>

#include "binding/addon_data.h"
#include "binding/event_batch.h"
#include "binding/processor_handle.h"
#include "binding/seat_handle.h"
#include "binding/worker_handle.h"
#include "pool/native_pool.h"

namespace aurochs::binding {

namespace {

void onEvents(const Napi::CallbackInfo& info) {
  AddonData::of(info.Env()).inbox()->setHandler(info[0].As<Napi::Function>());
}

void configurePool(const Napi::CallbackInfo& info) {
  pool::NativePool::shared().configure(info[0].As<Napi::Number>().Uint32Value());
}

Napi::Value poolStats(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const pool::NativePool::Stats stats = pool::NativePool::shared().stats();
  Napi::Object result = Napi::Object::New(env);
  result.Set("threads", Napi::Number::New(env, static_cast<double>(stats.threads)));
  result.Set("started", Napi::Number::New(env, static_cast<double>(stats.started)));
  result.Set("busy", Napi::Number::New(env, static_cast<double>(stats.busy)));
  result.Set("queued", Napi::Number::New(env, static_cast<double>(stats.queued)));
  result.Set("completed", Napi::Number::New(env, static_cast<double>(stats.completed)));
  return result;
}

}  // namespace

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  AddonData::install(env);
  exports.Set("NativeWorker", WorkerHandle::define(env));
  exports.Set("NativeProcessor", ProcessorHandle::define(env));
  exports.Set("NativeSeat", SeatHandle::define(env));
  exports.Set("eventFormat", Napi::Number::New(env, kEventFormat));
  exports.Set("eventFieldNames", EventBatch::fieldNames(env));
  exports.Set("onEvents", Napi::Function::New(env, onEvents, "onEvents"));
  exports.Set("configurePool", Napi::Function::New(env, configurePool, "configurePool"));
  exports.Set("poolStats", Napi::Function::New(env, poolStats, "poolStats"));
  return exports;
}

}  // namespace aurochs::binding

static Napi::Object init(Napi::Env env, Napi::Object exports) { return aurochs::binding::initialize(env, exports); }

NODE_API_MODULE(aurochs, init)
