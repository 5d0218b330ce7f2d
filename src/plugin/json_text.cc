#include "plugin/json_text.h"

#include <nlohmann/json.hpp>

namespace aurochs::plugin {

bool isJson(std::string_view text) {
  // The parser below takes a NUL for the end of its input and skips a byte order mark; JSON.parse() allows neither.
  if (text.find('\0') != std::string_view::npos) return false;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") return false;
  return nlohmann::json::accept(text.begin(), text.end());
}

std::string excerpt(std::string_view text) {
  constexpr size_t kLimit = 80;
  if (text.empty()) return "an empty text";
  const bool cut = text.size() > kLimit;
  if (cut) {
    size_t end = kLimit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end);
  }
  std::string quoted = "`";
  for (const char c : text) {
    if (c == '\0') {
      quoted += "\\0";
    } else {
      quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return quoted + (cut ? "…`" : "`");
}

}  // namespace aurochs::plugin
