#include "binding/seat_handle.h"

#include <optional>
#include <string>
#include <utility>

#include "binding/addon_data.h"

namespace aurochs::binding {

namespace {

class SeatSink final : public worker::EventSink {
 public:
  SeatSink(std::shared_ptr<EnvInbox> inbox, Target target) : inbox_(std::move(inbox)), target_(target) {}

  void post(worker::Event event) override { inbox_->post(target_, std::move(event)); }

 private:
  std::shared_ptr<EnvInbox> inbox_;
  const Target target_;
};

worker::JobHandle job(const Napi::CallbackInfo& info) {
  return static_cast<worker::JobHandle>(info[0].As<Napi::Number>().Int64Value());
}

std::string text(const Napi::Value& value) { return value.As<Napi::String>().Utf8Value(); }

}  // namespace

Napi::Function SeatHandle::define(Napi::Env env) {
  return DefineClass(env, "NativeSeat",
                     {
                         InstanceAccessor<&SeatHandle::number>("number"),
                         InstanceAccessor<&SeatHandle::queue>("queue"),
                         InstanceAccessor<&SeatHandle::prefix>("prefix"),
                         InstanceMethod<&SeatHandle::complete>("complete"),
                         InstanceMethod<&SeatHandle::fail>("fail"),
                         InstanceMethod<&SeatHandle::progress>("progress"),
                         InstanceMethod<&SeatHandle::log>("log"),
                         InstanceMethod<&SeatHandle::call>("call"),
                         InstanceMethod<&SeatHandle::cancelling>("cancelling"),
                         InstanceMethod<&SeatHandle::detach>("detach"),
                     });
}

SeatHandle::SeatHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SeatHandle>(info) {
  const Napi::Env env = info.Env();
  std::optional<worker::SeatGroup> group = worker::SeatGroup::find(text(info[0]));
  if (!group) {
    Napi::Error::New(env, "the worker that this thread was started for is closed").ThrowAsJavaScriptException();
    return;
  }
  AddonData& data = AddonData::of(env);
  target_ = data.nextTarget();
  seat_ = std::make_unique<worker::ThreadSeat>(std::move(*group), info[1].As<Napi::Number>().Uint32Value(),
                                               std::make_shared<SeatSink>(data.inbox(), target_));
  data.add(this);
  data.inbox()->ref();
  Ref();
}

Napi::Value SeatHandle::number(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), target_); }

Napi::Value SeatHandle::queue(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), seat_ ? seat_->queue() : std::string());
}

Napi::Value SeatHandle::prefix(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), seat_ ? seat_->prefix() : std::string());
}

void SeatHandle::complete(const Napi::CallbackInfo& info) {
  if (seat_) seat_->complete(job(info), text(info[1]));
}

void SeatHandle::fail(const Napi::CallbackInfo& info) {
  if (seat_) seat_->fail(job(info), text(info[1]));
}

Napi::Value SeatHandle::progress(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), !seat_ || seat_->progress(job(info), text(info[1])));
}

Napi::Value SeatHandle::log(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), !seat_ || seat_->log(job(info), text(info[1])));
}

void SeatHandle::call(const Napi::CallbackInfo& info) {
  if (seat_) seat_->call(job(info), info[1].As<Napi::Number>().Int64Value(), text(info[2]));
}

void SeatHandle::cancelling(const Napi::CallbackInfo& info) {
  if (seat_) seat_->cancelling(job(info));
}

void SeatHandle::detach(const Napi::CallbackInfo& info) {
  if (!seat_) return;
  seat_.reset();
  AddonData& data = AddonData::of(info.Env());
  data.remove(this);
  data.inbox()->unref();
  Unref();
}

}  // namespace aurochs::binding
