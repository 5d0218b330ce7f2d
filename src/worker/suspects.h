// Jobs whose completion was on its way more than once when the connection was lost: one of them may be why, too large
// for the server or for something before it, and would cost the connection of all who share it again and again.
// I/O thread only; owned by the Finisher.
#pragma once

#include <vector>

#include "loop/timer.h"
#include "worker/context.h"

namespace aurochs::worker {

/// They are sent one at a time, those with the fewest losses first, so that the innocent are through before the culprit
/// comes; what was lost alone too has to wait, longer each time, and in the end is given up.
class Suspects {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    virtual void sendSuspect(JobHandle handle) = 0;
    virtual void giveUp(JobHandle handle, std::string reason) = 0;
  };

  Suspects(uv_loop_t* loop, Context context, Host* host);

  [[nodiscard]] static bool suspected(const Job& job) { return job.losses >= kSuspectedAfter; }

  /// The connection is ready, these are to be sent.
  void begin(std::vector<JobHandle> jobs);
  /// What was sent has its answer, or none because the connection was lost.
  void onEnd(JobHandle handle);

 private:
  static constexpr unsigned kSuspectedAfter = 2;

  void next();

  Context context_;
  Host* host_;
  std::vector<JobHandle> waiting_;  // the next one at the end
  std::vector<JobHandle> later_;
  JobHandle sent_ = 0;
  Timer timer_;
};

}  // namespace aurochs::worker
