// How many finished jobs stay, and for how long: BullMQ's keepJobs as arguments of our own script.
// Plain value.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace aurochs::protocol {

/// Numbers as text; empty: not given.
struct KeepJobs {
  std::string count;  ///< -1: all.
  std::string age;    ///< Seconds.
  std::string limit;  ///< Of jobs that one finish removes for their age.

  bool operator==(const KeepJobs&) const = default;

  /// Nothing where a value is not what BullMQ documents: only its own script knows what comes of it.
  static std::optional<KeepJobs> fromJson(const nlohmann::json& keepJobs);
};

}  // namespace aurochs::protocol
