// Commands as RESP on the wire.
// Plain functions: any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace aurochs::redis {

/// Appends the command to `output`. @returns false, with nothing appended, when it is too long to be sent
/// (1 GB; Redis's own limit is 512 MB an argument).
[[nodiscard]] bool appendCommand(std::string& output, std::span<const std::string_view> args);

}  // namespace aurochs::redis
