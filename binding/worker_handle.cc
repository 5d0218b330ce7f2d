#include "binding/worker_handle.h"

#include "binding/addon_data.h"
#include "binding/fields.h"
#include "binding/health.h"
#include "binding/options.h"

namespace aurochs::binding {

namespace {

// Hands a worker loop's events to its environment, and remembers the last one for abandon().
class InboxSink final : public worker::EventSink {
 public:
  InboxSink(std::shared_ptr<EnvInbox> inbox, Target target) : inbox_(std::move(inbox)), target_(target) {}

  std::future<void> closed() { return closed_.get_future(); }

  void post(worker::Event event) override {
    const bool last = event.type == worker::EventType::kClosed;
    inbox_->post(target_, std::move(event));
    if (last) closed_.set_value();
  }

 private:
  std::shared_ptr<EnvInbox> inbox_;
  const Target target_;
  std::promise<void> closed_;
};

void fail(Napi::Env env, const Error& why) {
  Napi::Error error = Napi::Error::New(env, why.message);
  if (!why.code.empty()) error.Set("code", why.code);
  error.ThrowAsJavaScriptException();
}

worker::JobHandle jobHandle(const Napi::CallbackInfo& info) {
  return static_cast<worker::JobHandle>(info[0].As<Napi::Number>().Int64Value());
}

}  // namespace

Napi::Function WorkerHandle::define(Napi::Env env) {
  return DefineClass(env, "NativeWorker",
                     {
                         InstanceAccessor<&WorkerHandle::number>("number"),
                         InstanceAccessor<&WorkerHandle::inFlight>("inFlight"),
                         InstanceMethod<&WorkerHandle::connect>("connect"),
                         InstanceMethod<&WorkerHandle::start>("start"),
                         InstanceMethod<&WorkerHandle::pause>("pause"),
                         InstanceMethod<&WorkerHandle::close>("close"),
                         InstanceMethod<&WorkerHandle::dispose>("dispose"),
                         InstanceMethod<&WorkerHandle::setConcurrency>("setConcurrency"),
                         InstanceMethod<&WorkerHandle::setThreads>("setThreads"),
                         InstanceMethod<&WorkerHandle::setInterest>("setInterest"),
                         InstanceMethod<&WorkerHandle::cancel>("cancel"),
                         InstanceMethod<&WorkerHandle::cancelAll>("cancelAll"),
                         InstanceMethod<&WorkerHandle::complete>("complete"),
                         InstanceMethod<&WorkerHandle::settling>("settling"),
                         InstanceMethod<&WorkerHandle::settled>("settled"),
                         InstanceMethod<&WorkerHandle::adopt>("adopt"),
                         InstanceMethod<&WorkerHandle::begin>("begin"),
                         InstanceMethod<&WorkerHandle::drop>("drop"),
                         InstanceMethod<&WorkerHandle::health>("health"),
                         InstanceMethod<&WorkerHandle::started>("started"),
                         InstanceMethod<&WorkerHandle::pong>("pong"),
                         InstanceMethod<&WorkerHandle::giveUp>("giveUp"),
                         InstanceMethod<&WorkerHandle::threadGone>("threadGone"),
                         InstanceMethod<&WorkerHandle::threadStuck>("threadStuck"),
                         InstanceMethod<&WorkerHandle::threadsUnavailable>("threadsUnavailable"),
                         InstanceMethod<&WorkerHandle::answer>("answer"),
                     });
}

WorkerHandle::WorkerHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<WorkerHandle>(info) {
  if (IsEmpty()) return;  // not even wrapped: the environment is being terminated
  const Napi::Env env = info.Env();
  const Napi::Object options = info[0].As<Napi::Object>();
  AddonData& data = AddonData::of(env);
  target_ = data.nextTarget();
  auto made = toWorkerOptions(options);
  if (env.IsExceptionPending()) return;  // what has been read is not what was given
  if (!made) {
    fail(env, made.error());
    return;
  }
  auto io = IoThread::shared();
  if (!io) {
    fail(env, io.error());
    return;
  }
  io_ = std::move(io.value());
  auto sink = std::make_unique<InboxSink>(data.inbox(), target_);
  closed_ = sink->closed();
  loop_ = std::make_shared<worker::WorkerLoop>(io_, std::move(made.value()),
                                               static_cast<uint32_t>(integer(options, "concurrency")), std::move(sink));
  data.add(this);
  data.inbox()->ref();
  Ref();  // until dispose(): JavaScript may forget it while jobs run
}

WorkerHandle::~WorkerHandle() = default;

template <typename F>
void WorkerHandle::post(F&& task) {
  if (!io_) return;
  io_->post([loop = loop_, task = std::forward<F>(task)]() mutable { task(*loop); });
}

void WorkerHandle::abandon() {
  if (!io_) return;
  post([](worker::WorkerLoop& loop) { loop.close(true); });
  closed_.wait();
  loop_.reset();
  io_.reset();
}

void WorkerHandle::letGo(Napi::Env env) {
  AddonData& data = AddonData::of(env);
  data.remove(this);
  data.inbox()->unref();
  loop_.reset();
  io_.reset();
  Unref();
}

Napi::Value WorkerHandle::number(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), target_); }

Napi::Value WorkerHandle::inFlight(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), loop_ ? static_cast<double>(loop_->inFlight()) : 0);
}

Napi::Value WorkerHandle::health(const Napi::CallbackInfo& info) {
  worker::LoopHealth closed;
  closed.commands.state = closed.blocking.state = redis::ConnectionState::kClosed;
  return toHealth(info.Env(), loop_ ? loop_->health() : closed);
}

void WorkerHandle::connect(const Napi::CallbackInfo&) {
  if (!io_) return;
  post([loop = io_->loop()](worker::WorkerLoop& self) { self.connect(loop); });
}

void WorkerHandle::start(const Napi::CallbackInfo&) {
  post([](worker::WorkerLoop& loop) { loop.start(); });
}

void WorkerHandle::pause(const Napi::CallbackInfo& info) {
  post([epoch = info[0].As<Napi::Number>().Int64Value()](worker::WorkerLoop& loop) { loop.pause(epoch); });
}

void WorkerHandle::close(const Napi::CallbackInfo& info) {
  post([force = info[0].ToBoolean().Value()](worker::WorkerLoop& loop) { loop.close(force); });
}

void WorkerHandle::dispose(const Napi::CallbackInfo& info) {
  if (io_) letGo(info.Env());
}

void WorkerHandle::setConcurrency(const Napi::CallbackInfo& info) {
  const size_t concurrency = info[0].As<Napi::Number>().Uint32Value();
  post([concurrency](worker::WorkerLoop& loop) { loop.setConcurrency(concurrency); });
}

void WorkerHandle::setThreads(const Napi::CallbackInfo& info) {
  const size_t route = info[0].As<Napi::Number>().Uint32Value();
  const size_t threads = info[1].As<Napi::Number>().Uint32Value();
  const size_t jobsPerThread = info[2].As<Napi::Number>().Uint32Value();
  post([route, threads, jobsPerThread](worker::WorkerLoop& loop) { loop.setThreads(route, threads, jobsPerThread); });
}

void WorkerHandle::setInterest(const Napi::CallbackInfo& info) {
  if (loop_) loop_->setInterest(info[0].As<Napi::Number>().Uint32Value());
}

// Whether it is in flight is known at once; the flag of a native processor is set by then.
Napi::Value WorkerHandle::cancel(const Napi::CallbackInfo& info) {
  if (!loop_ || !info[0].IsString()) return Napi::Boolean::New(info.Env(), false);
  std::string id = info[0].As<Napi::String>().Utf8Value();
  const bool found = loop_->cancel(id);
  if (found) {
    post([id = std::move(id), reason = info[1].As<Napi::String>().Utf8Value()](worker::WorkerLoop& loop) {
      loop.cancelRunning(id, reason);
    });
  }
  return Napi::Boolean::New(info.Env(), found);
}

void WorkerHandle::cancelAll(const Napi::CallbackInfo& info) {
  if (!loop_) return;
  loop_->cancelAll();
  post([reason = info[0].As<Napi::String>().Utf8Value(),
        insist = info[1].ToBoolean().Value()](worker::WorkerLoop& loop) { loop.cancelAllRunning(reason, insist); });
}

void WorkerHandle::complete(const Napi::CallbackInfo& info) {
  const auto jobs = info[0].As<Napi::Float64Array>();
  std::vector<worker::JobHandle> handles(jobs.Data(), jobs.Data() + jobs.ElementLength());
  post([handles = std::move(handles), lines = info[1].As<Napi::String>().Utf8Value()](worker::WorkerLoop& loop) {
    std::string_view rest = lines;
    for (const worker::JobHandle handle : handles) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      loop.complete(handle, std::string(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  });
}

void WorkerHandle::settling(const Napi::CallbackInfo& info) {
  post([handle = jobHandle(info)](worker::WorkerLoop& loop) { loop.settling(handle); });
}

void WorkerHandle::settled(const Napi::CallbackInfo& info) {
  post([handle = jobHandle(info), limitUntil = info[1].As<Napi::Number>().Int64Value(),
        blockUntil = info[2].As<Napi::Number>().Int64Value(), drained = info[3].ToBoolean().Value()](
           worker::WorkerLoop& loop) { loop.settled(handle, limitUntil, blockUntil, drained); });
}

void WorkerHandle::adopt(const Napi::CallbackInfo& info) {
  post([handle = jobHandle(info), id = info[1].As<Napi::String>().Utf8Value(),
        hash = toJobHash(info[2].As<Napi::Array>())](worker::WorkerLoop& loop) mutable {
    loop.adopt(handle, std::move(id), std::move(hash));
  });
}

void WorkerHandle::begin(const Napi::CallbackInfo& info) {
  post([handle = jobHandle(info)](worker::WorkerLoop& loop) { loop.begin(handle); });
}

void WorkerHandle::drop(const Napi::CallbackInfo& info) {
  post([handle = jobHandle(info)](worker::WorkerLoop& loop) { loop.drop(handle); });
}

void WorkerHandle::started(const Napi::CallbackInfo& info) {
  post([handle = jobHandle(info)](worker::WorkerLoop& loop) { loop.started(handle); });
}

void WorkerHandle::pong(const Napi::CallbackInfo&) {
  post([](worker::WorkerLoop& loop) { loop.pong(); });
}

void WorkerHandle::giveUp(const Napi::CallbackInfo&) {
  post([](worker::WorkerLoop& loop) { loop.giveUp(); });
}

void WorkerHandle::threadGone(const Napi::CallbackInfo& info) {
  post([thread = info[0].As<Napi::Number>().Uint32Value()](worker::WorkerLoop& loop) { loop.threadGone(thread); });
}

void WorkerHandle::threadStuck(const Napi::CallbackInfo& info) {
  post([thread = info[0].As<Napi::Number>().Uint32Value()](worker::WorkerLoop& loop) { loop.threadStuck(thread); });
}

void WorkerHandle::threadsUnavailable(const Napi::CallbackInfo& info) {
  post(
      [route = info[0].As<Napi::Number>().Uint32Value()](worker::WorkerLoop& loop) { loop.threadsUnavailable(route); });
}

void WorkerHandle::answer(const Napi::CallbackInfo& info) {
  post([handle = jobHandle(info), call = info[1].As<Napi::Number>().Int64Value(), ok = info[2].ToBoolean().Value(),
        text = info[3].As<Napi::String>().Utf8Value()](worker::WorkerLoop& loop) mutable {
    loop.answer(handle, call, ok, std::move(text));
  });
}

}  // namespace aurochs::binding
