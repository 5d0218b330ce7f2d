// Everything that a reply says, written out: touches every token, and two readings of the same bytes can be compared.
// Plain function: any thread.
#pragma once

#include <string>

#include "check.h"
#include "redis/reply.h"

namespace aurochs::fuzz {

inline void walk(redis::ReplyView reply, std::string& out) {
  using redis::ReplyType;
  switch (reply.type()) {
    case ReplyType::kString:
    case ReplyType::kStatus:
    case ReplyType::kError:
      FUZZ_CHECK(reply.size() == 0);
      out += "$+-"[reply.type() == ReplyType::kString ? 0 : reply.type() == ReplyType::kStatus ? 1 : 2];
      out += std::to_string(reply.text().size());
      out += ':';
      out += reply.text();
      (void)reply.integer();
      return;
    case ReplyType::kInteger:
      FUZZ_CHECK(reply.text().empty() && reply.size() == 0);
      out += ':' + std::to_string(reply.integer());
      return;
    case ReplyType::kNil:
      FUZZ_CHECK(reply.isNil() && reply.text().empty() && reply.integer() == 0 && reply.size() == 0);
      out += '_';
      return;
    case ReplyType::kArray:
      break;
  }
  FUZZ_CHECK(reply.text().empty() && reply.integer() == 0);
  out += '[';
  redis::ReplyView element = reply.first();
  for (size_t i = 0; i < reply.size(); ++i) {
    if (i > 0) element = element.next();
    walk(element, out);
  }
  out += ']';
}

}  // namespace aurochs::fuzz
