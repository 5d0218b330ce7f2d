#include "protocol/job_hash.h"

#include <charconv>

namespace aurochs::protocol {

void JobHash::add(std::string_view name, std::string_view value) {
  entries_.push_back({bytes_.size(), static_cast<uint32_t>(name.size()), value.size()});
  bytes_.append(name).append(value);
}

JobHash::Field JobHash::at(size_t index) const {
  const Entry& entry = entries_[index];
  const std::string_view bytes(bytes_);
  return {bytes.substr(entry.offset, entry.nameLength),
          bytes.substr(entry.offset + entry.nameLength, entry.valueLength)};
}

std::string_view JobHash::get(std::string_view name) const {
  for (size_t i = 0; i < entries_.size(); ++i) {
    const Field field = at(i);
    if (field.name == name) return field.value;
  }
  return {};
}

bool JobHash::has(std::string_view name) const { return !get(name).empty(); }

int64_t JobHash::integer(std::string_view name) const {
  const std::string_view text = get(name);
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

JobHash JobHash::fromReply(redis::ReplyView flat) {
  JobHash hash;
  const size_t fields = flat.size() / 2;
  if (fields == 0) return hash;
  hash.entries_.reserve(fields);
  size_t bytes = 0;
  redis::ReplyView cursor = flat.first();
  for (size_t i = 0; i < 2 * fields; ++i, cursor = cursor.next()) bytes += cursor.text().size();
  hash.bytes_.reserve(bytes);
  cursor = flat.first();
  for (size_t i = 0; i < fields; ++i) {
    const redis::ReplyView name = cursor;
    const redis::ReplyView value = name.next();
    hash.add(name.text(), value.text());
    cursor = value.next();
  }
  return hash;
}

}  // namespace aurochs::protocol
