// One parsed reply as a flat list of tokens, and a cursor over it; made for replies of thousands of strings.
// A ReplyView is valid only until the handler that got it returns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aurochs::redis {

enum class ReplyType : uint8_t { kString, kArray, kInteger, kNil, kStatus, kError };

/// Tokens in pre-order; strings live in one arena, in the same order and without gaps. Owned by the ReplyReader.
struct ReplyTokens {
  struct Token {
    ReplyType type;
    uint32_t next;   ///< Index of the token behind this one's subtree.
    int64_t number;  ///< kInteger: the value; kArray: the number of elements.
    size_t offset;   ///< Strings: where in the arena.
    size_t length;
  };
  std::vector<Token> tokens;
  std::string arena;
};

class ReplyView {
 public:
  ReplyView(const ReplyTokens* reply, uint32_t index) : reply_(reply), index_(index) {}

  [[nodiscard]] ReplyType type() const { return token().type; }
  [[nodiscard]] bool isArray() const { return type() == ReplyType::kArray; }
  [[nodiscard]] bool isNil() const { return type() == ReplyType::kNil; }
  [[nodiscard]] bool isInteger() const { return type() == ReplyType::kInteger; }

  /// The integer, or a string parsed as one (Lua hands numbers over either way); 0 for anything else.
  [[nodiscard]] int64_t integer() const;
  /// String, status or error text; empty for anything else.
  [[nodiscard]] std::string_view text() const;
  /// Elements of an array; 0 for anything else.
  [[nodiscard]] size_t size() const { return isArray() ? static_cast<size_t>(token().number) : 0; }

  /// First element of an array / the sibling behind this one: walk with `size()` steps.
  [[nodiscard]] ReplyView first() const { return {reply_, index_ + 1}; }
  [[nodiscard]] ReplyView next() const { return {reply_, token().next}; }
  /// Element `i` (walks the siblings before it).
  [[nodiscard]] ReplyView operator[](size_t i) const;

 private:
  [[nodiscard]] const ReplyTokens::Token& token() const { return reply_->tokens[index_]; }

  const ReplyTokens* reply_;
  uint32_t index_;
};

}  // namespace aurochs::redis
