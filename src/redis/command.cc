#include "redis/command.h"

#include <array>
#include <charconv>

namespace aurochs::redis {

namespace {

constexpr size_t kMaxBytes = size_t{1} << 30;
constexpr size_t kOverheadBytes = 32;  // of one argument: `$<length>\r\n…\r\n`

// Not hiredis's: it prints each length with snprintf, which took longer than all else that is done to a command.
void appendHeader(std::string& output, char type, size_t number) {
  std::array<char, 24> text;
  text[0] = type;
  char* end = std::to_chars(text.data() + 1, text.data() + text.size() - 2, number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  output.append(text.data(), end);
}

}  // namespace

bool appendCommand(std::string& output, std::span<const std::string_view> args) {
  size_t total = 0;
  for (std::string_view arg : args) {
    if (arg.size() > kMaxBytes - total) return false;
    total += arg.size() + kOverheadBytes;
    if (total > kMaxBytes) return false;
  }
  appendHeader(output, '*', args.size());
  for (std::string_view arg : args) {
    appendHeader(output, '$', arg.size());
    output.append(arg).append("\r\n");
  }
  return true;
}

}  // namespace aurochs::redis
