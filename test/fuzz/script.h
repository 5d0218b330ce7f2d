// A fuzzer's input as what happens to a connection: `!` and a letter is an event, all other bytes are the server's.
// Plain value; views into the input.
#pragma once

#include <string_view>

namespace aurochs::fuzz {

class Script {
 public:
  struct Step {
    char event;             ///< The letter, or kSay.
    std::string_view said;  ///< What the server says: read at once, as one piece.
  };
  static constexpr char kSay = '\0';

  explicit Script(std::string_view input) : rest_(input) {}

  [[nodiscard]] bool atEnd() const { return rest_.empty(); }
  Step next() {
    if (rest_[0] == '!' && rest_.size() > 1) {
      const char event = rest_[1];
      rest_.remove_prefix(2);
      return {event == kSay ? '?' : event, {}};
    }
    const std::string_view said = rest_.substr(0, rest_.find('!', 1));
    rest_.remove_prefix(said.size());
    return {kSay, said};
  }

 private:
  std::string_view rest_;
};

}  // namespace aurochs::fuzz
