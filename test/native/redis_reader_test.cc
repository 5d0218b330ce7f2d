// The reader gives the same replies however the bytes are cut, as flat tokens.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "redis/reply_reader.h"

namespace aurochs::redis {
namespace {

// Everything that a reply says, in one line.
std::string written(ReplyView reply) {
  switch (reply.type()) {
    case ReplyType::kString:
      return '"' + std::string(reply.text()) + '"';
    case ReplyType::kStatus:
      return '+' + std::string(reply.text());
    case ReplyType::kError:
      return '-' + std::string(reply.text());
    case ReplyType::kInteger:
      return std::to_string(reply.integer());
    case ReplyType::kNil:
      return "nil";
    case ReplyType::kArray:
      break;
  }
  std::string text = "[";
  ReplyView element = reply.first();
  for (size_t i = 0; i < reply.size(); ++i, element = element.next()) text += (i > 0 ? " " : "") + written(element);
  return text + ']';
}

void drain(ReplyReader& reader, std::vector<std::string>& replies) {
  for (;;) {
    const auto reply = reader.next();
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    if (!reply.value()) return;
    replies.push_back(written(*reply.value()));
  }
}

TEST(ReplyReader, GivesTheSameRepliesWhereverTheBytesAreCut) {
  const std::string bytes =
      "+OK\r\n-ERR wrong\r\n:-42\r\n$5\r\nhe\r\no\r\n$-1\r\n*-1\r\n$0\r\n\r\n*0\r\n"
      "*4\r\n*2\r\n$1\r\na\r\n*1\r\n:7\r\n$-1\r\n*0\r\n*2\r\n-BAD one\r\n+fine\r\n$4\r\nlast\r\n";
  const std::vector<std::string> expected = {"+OK",         "-ERR wrong", "-42",
                                             "\"he\r\no\"", "nil",        "nil",
                                             "\"\"",        "[]",         "[[\"a\" [7]] nil [] [-BAD one +fine]]",
                                             "\"last\""};
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    ReplyReader reader;
    std::vector<std::string> replies;
    reader.feed(bytes.substr(0, cut));
    drain(reader, replies);
    reader.feed(bytes.substr(cut));
    drain(reader, replies);
    ASSERT_EQ(replies, expected) << "cut at " << cut;
  }
  ReplyReader reader;
  std::vector<std::string> replies;
  for (const char byte : bytes) {
    reader.feed({&byte, 1});
    drain(reader, replies);
  }
  EXPECT_EQ(replies, expected);
}

TEST(ReplyReader, FindsElementsBehindNestedArrays) {
  ReplyReader reader;
  reader.feed("*3\r\n*2\r\n*1\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*1\r\n*1\r\n$1\r\nc\r\n");
  const auto next = reader.next();
  ASSERT_TRUE(next.ok() && next.value());
  const ReplyView reply = *next.value();
  ASSERT_EQ(reply.size(), 3u);
  EXPECT_EQ(reply[0].size(), 2u);
  EXPECT_EQ(reply[0][0][0].text(), "a");
  EXPECT_EQ(reply[0][1].integer(), 1);
  EXPECT_EQ(reply[1].text(), "b");
  EXPECT_EQ(reply[2][0][0].text(), "c");
}

TEST(ReplyReader, ReadsIntegersFromStringsToo) {
  ReplyReader reader;
  reader.feed("*6\r\n:9007199254740993\r\n$13\r\n1700000000000\r\n$2\r\n-3\r\n$4\r\n12.5\r\n$0\r\n\r\n$-1\r\n");
  const auto next = reader.next();
  ASSERT_TRUE(next.ok() && next.value());
  const ReplyView reply = *next.value();
  EXPECT_EQ(reply[0].integer(), 9007199254740993);
  EXPECT_EQ(reply[1].integer(), 1700000000000);
  EXPECT_EQ(reply[2].integer(), -3);
  EXPECT_EQ(reply[3].integer(), 0);
  EXPECT_EQ(reply[4].integer(), 0);
  EXPECT_EQ(reply[5].integer(), 0);
  EXPECT_EQ(reply[0].text(), "");
}

TEST(ReplyReader, KeepsBinaryBytes) {
  ReplyReader reader;
  const std::string binary("a\0\r\n\xff", 5);
  reader.feed("$5\r\n" + binary + "\r\n");
  const auto next = reader.next();
  ASSERT_TRUE(next.ok() && next.value());
  EXPECT_EQ(next.value()->text(), binary);
}

TEST(ReplyReader, ReadsManySmallRepliesBehindALargeOne) {
  constexpr size_t kBytes = 100 * 1024 * 1024;
  constexpr size_t kPiece = 16 * 1024;
  ReplyReader reader;
  std::string bytes = "$" + std::to_string(kBytes) + "\r\n";
  const size_t header = bytes.size();
  bytes.resize(header + kBytes);
  for (size_t i = 0; i < kBytes; i += 4096) bytes[header + i] = static_cast<char>('a' + (i / 4096) % 26);
  bytes += "\r\n";
  std::vector<size_t> lengths;
  for (size_t i = 0; i < bytes.size(); i += kPiece) {
    reader.feed(std::string_view(bytes).substr(i, kPiece));
    const auto reply = reader.next();
    ASSERT_TRUE(reply.ok());
    if (!reply.value()) continue;
    lengths.push_back(reply.value()->text().size());
    EXPECT_TRUE(reply.value()->text() == std::string_view(bytes).substr(header, kBytes));
  }
  EXPECT_EQ(lengths, std::vector<size_t>{kBytes});
  for (int i = 0; i < 1000; ++i) {
    reader.feed(":" + std::to_string(i) + "\r\n");
    const auto reply = reader.next();
    ASSERT_TRUE(reply.ok() && reply.value());
    ASSERT_EQ(reply.value()->integer(), i);
  }
}

TEST(ReplyReader, KeepsWhatFollowsALargeReply) {
  ReplyReader reader;
  const std::string large(1024 * 1024, 'x');
  reader.feed("$" + std::to_string(large.size()) + "\r\n" + large + "\r\n:1\r\n$3\r\nab");
  std::vector<std::string> replies;
  drain(reader, replies);
  reader.feed("c\r\n");
  drain(reader, replies);
  ASSERT_EQ(replies.size(), 3u);
  EXPECT_EQ(replies[1], "1");
  EXPECT_EQ(replies[2], "\"abc\"");
}

TEST(ReplyReader, ReadsArraysOfThousands) {
  constexpr int kElements = 100'000;
  std::string bytes = "*" + std::to_string(kElements) + "\r\n";
  for (int i = 0; i < kElements; ++i) bytes += ":" + std::to_string(i) + "\r\n";
  ReplyReader reader;
  reader.feed(bytes);
  const auto next = reader.next();
  ASSERT_TRUE(next.ok() && next.value());
  ReplyView element = next.value()->first();
  for (int i = 0; i < kElements; ++i, element = element.next()) ASSERT_EQ(element.integer(), i);
}

TEST(ReplyReader, StaysInErrorOnceTheBytesMakeNoSense) {
  for (const char* bytes : {"HTTP/1.1 400 Bad Request\r\n", ":12x\r\n", "*99999999999999\r\n", "$-7\r\n", "$x\r\n"}) {
    ReplyReader reader;
    reader.feed("+OK\r\n");
    const auto good = reader.next();
    ASSERT_TRUE(good.ok() && good.value());
    reader.feed(bytes);
    for (int i = 0; i < 2; ++i) {
      const auto bad = reader.next();
      ASSERT_FALSE(bad.ok()) << bytes;
      EXPECT_EQ(bad.error().kind, ErrorKind::kProtocol);
      EXPECT_FALSE(bad.error().message.empty());
      reader.feed("+OK\r\n");
    }
  }
}

}  // namespace
}  // namespace aurochs::redis
