#include "worker/stalled_sweep.h"

#include "base/clock.h"
#include "protocol/arguments.h"

namespace aurochs::worker {

StalledSweep::StalledSweep(uv_loop_t* loop, Context context) : context_(context), timer_(loop) {}

void StalledSweep::start() {
  if (running_ || context_.options.skipStalledCheck) return;
  running_ = true;
  sweep();
}

void StalledSweep::stop() {
  running_ = false;
  due_ = false;
  timer_.stop();
}

void StalledSweep::onReady() {
  if (due_) sweep();
}

void StalledSweep::sweep() {
  due_ = !context_.commands.ready();
  if (due_) return;
  timer_.start(static_cast<uint64_t>(context_.options.stalledIntervalMs), [this] { sweep(); });
  redis::callScript(context_.commands, context_.options.scripts->moveStalledJobsToWait,
                    protocol::moveStalledJobsToWaitArguments(context_.keys, context_.options.maxStalledCount,
                                                             wallClockMs(), context_.options.stalledIntervalMs),
                    [this](Result<redis::ReplyView> result) {
                      if (!result) {
                        if (result.error().kind == ErrorKind::kScript) context_.reportError(result.error());
                        return;
                      }
                      Event event{EventType::kStalled};
                      redis::ReplyView reply = result.value();
                      if (reply.size() > 0) {
                        redis::ReplyView id = reply.first();
                        for (size_t i = 0; i < reply.size(); ++i, id = id.next()) event.ids.emplace_back(id.text());
                      }
                      if (!event.ids.empty() || context_.wants(kInterestSweeps)) context_.sink.post(std::move(event));
                    });
}

}  // namespace aurochs::worker
