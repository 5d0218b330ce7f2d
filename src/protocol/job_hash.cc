#include "protocol/job_hash.h"

#include <charconv>

namespace aurochs::protocol {

void JobHash::add(std::string_view name, std::string_view value) {
  const size_t at = bytes_.size();
  entries_.push_back({at, at + name.size(), at + name.size() + value.size()});
  bytes_.append(name).append(value);
}

JobHash::Field JobHash::at(size_t index) const {
  const Entry& entry = entries_[index];
  const std::string_view bytes(bytes_);
  return {bytes.substr(entry.name, entry.value - entry.name), bytes.substr(entry.value, entry.end - entry.value)};
}

std::string_view JobHash::get(std::string_view name) const {
  // A dozen of these for each job: most names differ in length, or else in how they begin.
  const char* const bytes = bytes_.data();
  for (const Entry& entry : entries_) {
    if (entry.value - entry.name != name.size()) continue;
    if (!name.empty() && bytes[entry.name] != name.front()) continue;
    if (std::string_view(bytes + entry.name, name.size()) == name)
      return {bytes + entry.value, entry.end - entry.value};
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

JobHash::JobHash(redis::ReplyView flat) {
  const size_t fields = flat.size() / 2;
  if (fields == 0) return;
  entries_.reserve(fields);
  const char* begin = nullptr;
  size_t at = 0;
  redis::ReplyView cursor = flat.first();
  for (size_t i = 0; i < fields; ++i) {
    const std::string_view name = cursor.text();
    const std::string_view value = cursor.next().text();
    if (begin == nullptr) begin = name.empty() ? value.data() : name.data();
    entries_.push_back({at, at + name.size(), at + name.size() + value.size()});
    at = entries_.back().end;
    cursor = cursor.next().next();
  }
  // They lie in the reply one behind the other.
  if (begin != nullptr) bytes_.assign(begin, at);
}

}  // namespace aurochs::protocol
