#include "redis/key_slot.h"

namespace aurochs::redis {

namespace {

// CRC-16/XMODEM. Bit by bit: it is asked for a queue's name, once.
uint16_t crc16(std::string_view bytes) {
  constexpr uint32_t kPolynomial = 0x1021;
  constexpr uint32_t kTopBit = 0x8000;
  uint32_t crc = 0;
  for (const char byte : bytes) {
    crc ^= static_cast<uint32_t>(static_cast<unsigned char>(byte)) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & kTopBit) != 0 ? (crc << 1) ^ kPolynomial : crc << 1;
  }
  return static_cast<uint16_t>(crc);
}

}  // namespace

uint16_t keySlot(std::string_view key) { return crc16(hashTagOf(key)) % kSlots; }

std::string_view hashTagOf(std::string_view key) {
  const size_t open = key.find('{');
  if (open == std::string_view::npos) return key;
  const size_t close = key.find('}', open + 1);
  // An empty tag is none.
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

}  // namespace aurochs::redis
