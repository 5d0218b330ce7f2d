// Which of a cluster's slots a key is in.
// Plain functions: any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace aurochs::redis {

constexpr uint16_t kSlots = 16384;

/// Keys whose names have the same text between their first `{` and the next `}` are in the same slot.
uint16_t keySlot(std::string_view key);

/// The part of a key that decides: its hash tag, or all of it.
std::string_view hashTagOf(std::string_view key);

}  // namespace aurochs::redis
