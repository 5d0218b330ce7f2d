#include "protocol/keep_jobs.h"

namespace aurochs::protocol {

std::optional<KeepJobs> KeepJobs::fromJson(const nlohmann::json& keepJobs) {
  if (!keepJobs.is_object()) return std::nullopt;
  KeepJobs keep;
  for (const auto& [name, value] : keepJobs.items()) {
    if (name == "count") {
      if (!value.is_number_integer()) return std::nullopt;
      keep.count = value.dump();
    } else if (name == "age") {
      if (!value.is_number() || value < 0) return std::nullopt;
      keep.age = value.dump();
    } else if (name == "limit") {
      if (!value.is_number_integer() || value < 1) return std::nullopt;
      keep.limit = value.dump();
    }
  }
  return keep;
}

}  // namespace aurochs::protocol
