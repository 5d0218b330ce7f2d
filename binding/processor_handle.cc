#include "binding/processor_handle.h"

#include "binding/addon_data.h"
#include "plugin/native_processor.h"
#include "pool/native_pool.h"

namespace aurochs::binding {

namespace {

// Runs without a worker loop share one lane: BullMQ's own loop has ordered them already.
constexpr pool::Lane kLane = 0;

// One attempt for BullMQ's own loop. Lives on a pool thread; its events are worker events with the run's number.
class SingleRun final : public pool::JobSink {
 public:
  SingleRun(std::shared_ptr<EnvInbox> inbox, Target target, std::shared_ptr<const pool::Processor> processor,
            pool::JobInput input, std::shared_ptr<std::atomic<bool>> cancelled)
      : inbox_(std::move(inbox)),
        target_(target),
        processor_(std::move(processor)),
        input_(std::move(input)),
        cancelled_(std::move(cancelled)) {}

  void execute() {
    pool::Outcome outcome = processor_->run(input_, *cancelled_, *this);
    worker::Event event{outcome.completed ? worker::EventType::kCompleted : worker::EventType::kFailed};
    event.text = std::move(outcome.value);
    event.flag = outcome.unrecoverable;
    inbox_->post(target_, std::move(event));
  }

  bool progress(std::string json) override { return post(worker::EventType::kProgress, std::move(json)); }
  bool log(std::string row) override { return post(worker::EventType::kLog, std::move(row)); }

 private:
  bool post(worker::EventType type, std::string text) {
    worker::Event event{type};
    event.text = std::move(text);
    inbox_->post(target_, std::move(event));
    return true;
  }

  std::shared_ptr<EnvInbox> inbox_;
  Target target_;
  std::shared_ptr<const pool::Processor> processor_;
  pool::JobInput input_;
  std::shared_ptr<std::atomic<bool>> cancelled_;
};

std::string text(const Napi::Object& from, const char* name) { return from.Get(name).As<Napi::String>().Utf8Value(); }

}  // namespace

Napi::Function ProcessorHandle::define(Napi::Env env) {
  return DefineClass(env, "NativeProcessor",
                     {
                         InstanceAccessor<&ProcessorHandle::description>("description"),
                         InstanceMethod<&ProcessorHandle::run>("run"),
                     });
}

ProcessorHandle::ProcessorHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ProcessorHandle>(info) {
  auto loaded =
      plugin::loadNativeProcessor(info[0].As<Napi::String>().Utf8Value(), info[1].As<Napi::String>().Utf8Value());
  if (!loaded) {
    Napi::Error::New(info.Env(), loaded.error().message).ThrowAsJavaScriptException();
    return;
  }
  processor_ = std::move(loaded.value());
}

Napi::Value ProcessorHandle::description(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), processor_->describe());
}

Napi::Value ProcessorHandle::run(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object from = info[0].As<Napi::Object>();
  AddonData& data = AddonData::of(env);
  pool::JobInput input{text(from, "id"), text(from, "name"), text(from, "queue"), text(from, "data"),
                       from.Get("attemptsMade").As<Napi::Number>().Int64Value()};
  auto cancelled = std::make_shared<std::atomic<bool>>(false);
  const Target target = data.nextTarget();
  const bool submitted = pool::NativePool::shared().submit(
      kLane,
      [run = SingleRun(data.inbox(), target, processor_, std::move(input), cancelled)]() mutable { run.execute(); });
  if (!submitted) {
    Napi::Error::New(env, "no thread could be started for the native pool").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  // Counted until end(): a run under way keeps the process alive.
  data.inbox()->ref();
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("number", Napi::Number::New(env, target));
  handle.Set("cancel", Napi::Function::New(env, [cancelled](const Napi::CallbackInfo&) { cancelled->store(true); }));
  handle.Set("end", Napi::Function::New(
                        env, [](const Napi::CallbackInfo& end) { AddonData::of(end.Env()).inbox()->unref(); }));
  return handle;
}

}  // namespace aurochs::binding
