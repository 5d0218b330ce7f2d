// The reply reader, with a server's bytes cut anywhere: the same replies as from the uncut bytes, and those that the
// bytes stand for; an error stays.
// The first byte says how they are cut; with 255 a NUL stands for 16 KB, so that replies outgrow what the reader keeps.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "check.h"
#include "redis/reply_reader.h"
#include "reference_reader.h"
#include "walk.h"

namespace aurochs::fuzz {
namespace {

struct Reading {
  std::vector<std::string> replies;
  bool failed = false;
  bool operator==(const Reading&) const = default;
};

/// As a link reads: what is there is taken out before more is fed.
Reading readIn(std::string_view bytes, size_t pieceBytes) {
  redis::ReplyReader reader;
  Reading reading;
  do {
    reader.feed(bytes.substr(0, pieceBytes));
    bytes.remove_prefix(std::min(pieceBytes, bytes.size()));
    for (;;) {
      const Result<std::optional<redis::ReplyView>> reply = reader.next();
      FUZZ_CHECK(!reading.failed || !reply);
      if (!reply) {
        FUZZ_CHECK(reply.error().kind == ErrorKind::kProtocol && !reply.error().message.empty());
        reading.failed = true;
        break;
      }
      if (!reply.value()) break;
      walk(*reply.value(), reading.replies.emplace_back());
    }
  } while (!bytes.empty());
  return reading;
}

/// Both readings, and what is well-formed before anything that isn't.
void check(std::string_view bytes, size_t pieceBytes) {
  constexpr size_t kPieceBytes = 16 * 1024;  // a link's
  const Reading reading = readIn(bytes, kPieceBytes);
  FUZZ_CHECK(readIn(bytes, pieceBytes) == reading);
  ReferenceReader reference(bytes);
  size_t count = 0;
  for (std::string reply; reference.next(reply); reply.clear()) {
    FUZZ_CHECK(count < reading.replies.size() && reading.replies[count] == reply);
    ++count;
  }
}

std::string expand(std::string_view bytes) {
  constexpr size_t kFillBytes = 16 * 1024;
  constexpr int kMostFills = 20;
  std::string expanded;
  int fills = 0;
  for (const char byte : bytes) {
    if (byte == '\0' && fills++ < kMostFills) {
      expanded.append(kFillBytes, 'x');
    } else {
      expanded += byte;
    }
  }
  return expanded;
}

}  // namespace
}  // namespace aurochs::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aurochs::fuzz;
  if (size == 0) return 0;
  constexpr uint8_t kLarge = 255;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == kLarge) {
    // A line that does not end is looked through again with each piece: few of them.
    const std::string bytes = expand(input);
    check(bytes, bytes.size() / 16 + 1);
  } else {
    check(input, size_t{data[0]} + 1);
  }
  return 0;
}
