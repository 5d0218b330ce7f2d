// A job's Redis hash as it was fetched: field names and values in one buffer.
// Immutable once filled; shared by const pointer between the I/O thread and the thread that needs it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redis/reply.h"

namespace aurochs::protocol {

class JobHash {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  void add(std::string_view name, std::string_view value);
  /// The field's value, or empty where the job doesn't have it (no field that a worker reads may be both).
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] int64_t integer(std::string_view name) const;

  [[nodiscard]] size_t size() const { return entries_.size(); }
  [[nodiscard]] size_t bytes() const { return bytes_.size(); }
  [[nodiscard]] Field at(size_t index) const;

  /// From HGETALL's flat `[name, value, …]`.
  static JobHash fromReply(redis::ReplyView flat);

 private:
  struct Entry {
    size_t offset;
    uint32_t nameLength;
    size_t valueLength;
  };
  std::string bytes_;
  std::vector<Entry> entries_;
};

}  // namespace aurochs::protocol
