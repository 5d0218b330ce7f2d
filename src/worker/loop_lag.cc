#include "worker/loop_lag.h"

#include <algorithm>
#include <string>

#include "base/clock.h"

namespace aurochs::worker {

LoopLag::LoopLag(uv_loop_t* loop, Context context) : context_(context), timer_(loop) {}

void LoopLag::start() {
  if (context_.options.maxLoopLagMs > 0 && !timer_.active()) ask();
}

void LoopLag::ask() {
  if (askedAtMs_ == 0 && context_.jobs.count() > 0) {
    askedAtMs_ = steadyClockMs();
    context_.sink.post({EventType::kPing});
  }
  if (blocked() && !told_) {
    told_ = true;
    context_.reportError({ErrorKind::kProcessor, "",
                          "the event loop was blocked for longer than maxLoopLag (" +
                              std::to_string(context_.options.maxLoopLagMs) +
                              " ms): the locks of jobs in flight were not renewed"});
  }
  const auto interval = static_cast<uint64_t>(std::max<int64_t>(context_.options.maxLoopLagMs / 4, 1));
  timer_.start(interval, [this] { ask(); });
}

void LoopLag::onPong() {
  askedAtMs_ = 0;
  told_ = false;
}

bool LoopLag::blocked() const { return askedAtMs_ > 0 && steadyClockMs() - askedAtMs_ > context_.options.maxLoopLagMs; }

}  // namespace aurochs::worker
