// What moveToActive and moveToFinished answer: an error code, the next job, or how long to wait for one.
// Plain value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "protocol/job_hash.h"
#include "redis/reply.h"

namespace aurochs::protocol {

struct NextJob {
  int64_t code = 0;                     ///< Negative: BullMQ's error code, nothing else is set.
  std::shared_ptr<const JobHash> hash;  ///< Null: there is no job to process now.
  std::string id;
  int64_t limitDelayMs = 0;  ///< The queue is rate limited for so long.
  int64_t delayUntilMs = 0;  ///< When the next delayed job is due (Unix time), 0: none.

  /// Nothing when no reply of theirs is like that.
  static std::optional<NextJob> fromReply(redis::ReplyView reply);
};

}  // namespace aurochs::protocol
