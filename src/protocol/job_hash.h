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

  JobHash() = default;
  /// Of HGETALL's flat `[name, value, …]`, in which there are no arrays.
  explicit JobHash(redis::ReplyView flat);

  void add(std::string_view name, std::string_view value);
  /// The field's value, or empty where the job doesn't have it (no field that a worker reads may be both).
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] int64_t integer(std::string_view name) const;

  [[nodiscard]] size_t size() const { return entries_.size(); }
  [[nodiscard]] size_t bytes() const { return bytes_.size(); }
  [[nodiscard]] Field at(size_t index) const;

 private:
  /// Where in `bytes_` its name begins, which its value follows, and where that ends.
  struct Entry {
    size_t name;
    size_t value;
    size_t end;
  };
  std::string bytes_;
  std::vector<Entry> entries_;
};

}  // namespace aurochs::protocol
