#include "loop/timer.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace aurochs {

namespace {
thread_local int firing = 0;  // depth of timer callbacks on this thread
}

struct Timer::Handle {
  uv_timer_t uv;
  Task callback;
};

Timer::Timer(uv_loop_t* loop) : handle_(new Handle) {
  [[maybe_unused]] const int status = uv_timer_init(loop, &handle_->uv);
  assert(status == 0);
  handle_->uv.data = handle_;
}

Timer::~Timer() {
  assert(thread_.isCurrent());
  Task dropped = std::move(handle_->callback);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->uv),
           [](uv_handle_t* uv) { delete static_cast<Handle*>(uv->data); });
}

void Timer::start(uint64_t delayMs, Task callback) {
  assert(thread_.isCurrent());
  // libuv runs whatever has become due in one pass: timers that arm each other with 0 would never let it poll.
  if (firing > 0) delayMs = std::max<uint64_t>(delayMs, 1);
  // The loop's clock stands still during callbacks; after a long one the delay would be too short.
  uv_update_time(handle_->uv.loop);
  Task replaced = std::exchange(handle_->callback, std::move(callback));
  uv_timer_start(&handle_->uv, &Timer::fire, delayMs, 0);
}

void Timer::stop() {
  assert(thread_.isCurrent());
  uv_timer_stop(&handle_->uv);
  Task dropped = std::move(handle_->callback);
}

bool Timer::active() const { return uv_is_active(reinterpret_cast<const uv_handle_t*>(&handle_->uv)) != 0; }

void Timer::fire(uv_timer_t* uv) {
  // On the stack: the callback may arm the timer again, or destroy it.
  Task callback = std::move(static_cast<Handle*>(uv->data)->callback);
  ++firing;
  callback();
  --firing;
}

}  // namespace aurochs
