#include "loop/before_poll.h"

#include <cassert>
#include <utility>

namespace aurochs {

struct BeforePoll::Handle {
  uv_prepare_t uv;
  Task callback;
};

BeforePoll::BeforePoll(uv_loop_t* loop, Task callback) : handle_(new Handle{{}, std::move(callback)}) {
  [[maybe_unused]] const int status = uv_prepare_init(loop, &handle_->uv);
  assert(status == 0);
  handle_->uv.data = handle_;
}

BeforePoll::~BeforePoll() {
  assert(thread_.isCurrent());
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->uv),
           [](uv_handle_t* uv) { delete static_cast<Handle*>(uv->data); });
}

void BeforePoll::arm() {
  assert(thread_.isCurrent());
  uv_prepare_start(&handle_->uv, [](uv_prepare_t* uv) {
    uv_prepare_stop(uv);
    static_cast<Handle*>(uv->data)->callback();
  });
}

}  // namespace aurochs
