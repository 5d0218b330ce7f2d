#include "redis/reply.h"

#include <cassert>
#include <charconv>

namespace aurochs::redis {

int64_t ReplyView::integer() const {
  if (isInteger()) return token().number;
  const std::string_view digits = text();
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
}

std::string_view ReplyView::text() const {
  switch (type()) {
    case ReplyType::kString:
    case ReplyType::kStatus:
    case ReplyType::kError:
      return std::string_view(reply_->arena).substr(token().offset, token().length);
    case ReplyType::kArray:
    case ReplyType::kInteger:
    case ReplyType::kNil:
      break;
  }
  return {};
}

ReplyView ReplyView::operator[](size_t i) const {
  assert(i < size());
  ReplyView element = first();
  for (; i > 0; --i) element = element.next();
  return element;
}

}  // namespace aurochs::redis
