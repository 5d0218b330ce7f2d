#include "protocol/next_job.h"

#include <algorithm>

namespace aurochs::protocol {

std::optional<NextJob> NextJob::fromReply(redis::ReplyView reply) {
  NextJob next;
  if (reply.isInteger() || reply.isNil()) {
    next.code = std::min<int64_t>(reply.integer(), 0);
    return next;
  }
  if (reply.size() < 4) return std::nullopt;
  const redis::ReplyView hash = reply.first();
  const redis::ReplyView id = hash.next();
  const redis::ReplyView limitDelay = id.next();
  const redis::ReplyView delayUntil = limitDelay.next();
  next.limitDelayMs = std::max<int64_t>(limitDelay.integer(), 0);
  next.delayUntilMs = std::max<int64_t>(delayUntil.integer(), 0);
  if (hash.isArray()) {
    next.hash = std::make_shared<const JobHash>(hash);
    next.id = id.isInteger() ? std::to_string(id.integer()) : std::string(id.text());
  }
  return next;
}

}  // namespace aurochs::protocol
