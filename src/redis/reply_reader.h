// Turns the bytes of a connection into replies: hiredis's parser, writing flat ReplyTokens instead of a tree.
// Owned by one connection, on its thread.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "redis/reply.h"

struct redisReader;

namespace aurochs::redis {

class ReplyReader {
 public:
  ReplyReader();
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  /// Takes bytes as they come; they may end anywhere. After each feed(), call next() until it has none: hiredis moves
  /// the bytes that are left at every reply, so feed at most some 16 KB at a time.
  void feed(std::string_view bytes);

  /// The next complete reply, valid until the next call; none when it isn't complete yet.
  /// A kProtocol error is final: every later call returns it again.
  Result<std::optional<ReplyView>> next();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };

  void open();
  void release();

  std::unique_ptr<redisReader, Free> reader_;
  ReplyTokens reply_;
  bool delivered_ = false;
};

}  // namespace aurochs::redis
