// Hands a worker's jobs to the functions on its environment's event loop. I/O thread only; owned by the worker loop.
#pragma once

#include <string>
#include <utility>

#include "worker/context.h"
#include "worker/runner.h"

namespace aurochs::worker {

class InlineRunner final : public Runner {
 public:
  explicit InlineRunner(Context context) : context_(context) {}

  void run(JobHandle handle, Job& job) override { context_.sink.post(eventOf(EventType::kJob, handle, job)); }

  // cancelJob() aborts signals itself, on the event loop; what is left are limits.
  void cancel(JobHandle handle, Job&, const std::string& reason, bool) override { tell(handle, reason, false); }
  bool stop(JobHandle handle, Job&, std::string error) override {
    tell(handle, std::move(error), true);
    return false;
  }

 private:
  void tell(JobHandle handle, std::string error, bool hard) {
    Event event{EventType::kLimitPassed, handle};
    event.text = std::move(error);
    event.flag = hard;
    context_.sink.post(std::move(event));
  }

  Context context_;
};

}  // namespace aurochs::worker
