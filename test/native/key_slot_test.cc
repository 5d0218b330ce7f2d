// In which slot a key is: Redis's own vectors, and its rules for hash tags.
#include "redis/key_slot.h"

#include <gtest/gtest.h>

#include "redis_server.h"

namespace aurochs::redis {
namespace {

TEST(KeySlot, IsTheCrcOfTheKey) {
  EXPECT_EQ(keySlot("123456789"), 12739);
  EXPECT_EQ(keySlot("foo"), 12182);
  EXPECT_EQ(keySlot(""), 0);
}

TEST(KeySlot, IsThatOfTheHashTag) {
  EXPECT_EQ(hashTagOf("{user1000}.following"), "user1000");
  EXPECT_EQ(hashTagOf("foo{{bar}}zap"), "{bar");
  EXPECT_EQ(hashTagOf("foo{bar}{zap}"), "bar");
  EXPECT_EQ(hashTagOf("a}b{c}"), "c");
  EXPECT_EQ(keySlot("{user1000}.following"), keySlot("user1000"));
}

TEST(KeySlot, IsThatOfTheWholeKeyWithoutAHashTag) {
  for (const char* key : {"", "plain", "foo{}{bar}", "{}", "{open", "close}", "}{"}) {
    EXPECT_EQ(hashTagOf(key), key);
  }
}

TEST(KeySlot, IsWhatRedisSays) {
  test::RedisServer server({"--cluster-enabled", "yes"});
  for (const char* key : {"bull:queue:wait", "{bull}:queue:wait", "bull:{queue}", "foo{}{bar}", "\xc3\xa4\xff{\xfe}"}) {
    EXPECT_EQ(std::to_string(keySlot(key)), server.run({"CLUSTER", "KEYSLOT", key})) << key;
  }
}

}  // namespace
}  // namespace aurochs::redis
