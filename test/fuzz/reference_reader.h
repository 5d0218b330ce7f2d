// RESP as its specification has it, read in the plainest way: what the engine's reader is compared with.
// Plain value: one thread.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

namespace aurochs::fuzz {

/// Takes only what every reader has to take in the same way: numbers without signs or zeros that need not be there, and
/// arrays that don't nest deeply.
class ReferenceReader {
 public:
  explicit ReferenceReader(std::string_view bytes) : rest_(bytes) {}

  /// Writes the next reply out, as walk() does. @returns false when it isn't complete, or not like that.
  bool next(std::string& out, int levels = 4) {
    if (rest_.empty()) return false;
    const char type = rest_[0];
    rest_.remove_prefix(1);
    std::string_view text;
    int64_t number = 0;
    if (!line(text)) return false;
    if (type == '+' || type == '-') {
      out += type + std::to_string(text.size()) + ':' + std::string(text);
      return true;
    }
    if (!integer(text, number)) return false;
    if (type == ':') {
      out += ':' + std::to_string(number);
      return true;
    }
    if (type != '$' && type != '*') return false;
    if (number == -1) {
      out += '_';
      return true;
    }
    return number >= 0 && (type == '$' ? string(number, out) : array(number, out, levels));
  }

 private:
  bool line(std::string_view& text) {
    const size_t end = rest_.find("\r\n");
    if (end == std::string_view::npos) return false;
    text = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return true;
  }

  static bool integer(std::string_view text, int64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && std::to_string(number) == text;
  }

  bool string(int64_t length, std::string& out) {
    if (rest_.size() < 2 || static_cast<size_t>(length) > rest_.size() - 2) return false;
    const std::string_view text = rest_.substr(0, static_cast<size_t>(length));
    rest_.remove_prefix(text.size());
    if (!rest_.starts_with("\r\n")) return false;
    rest_.remove_prefix(2);
    out += '$' + std::to_string(text.size()) + ':' + std::string(text);
    return true;
  }

  bool array(int64_t elements, std::string& out, int levels) {
    if (levels == 0) return false;
    out += '[';
    for (int64_t i = 0; i < elements; ++i) {
      if (!next(out, levels - 1)) return false;
    }
    out += ']';
    return true;
  }

  std::string_view rest_;
};

}  // namespace aurochs::fuzz
