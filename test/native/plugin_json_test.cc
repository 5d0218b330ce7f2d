// What counts as JSON, and how a text that isn't is shown.
#include <gtest/gtest.h>

#include <string>

#include "plugin/json_text.h"

namespace aurochs::plugin {
namespace {

TEST(PluginJson, EveryKindOfValueIsJson) {
  for (const char* text : {"null", "true", "-1.5e3", "\"\"", "[]", "{}", " [1, {\"a\": [null]}]\n", "\"\\u00fc ü\""}) {
    EXPECT_TRUE(isJson(text)) << text;
  }
}

TEST(PluginJson, AnythingElseIsNot) {
  for (const char* text : {"", " ", "{", "1 2", "undefined", "NaN", "'a'", "[1,]", "{a:1}", "01", "// c\n1",
                           "\xEF\xBB\xBF{}", "\"\xFF\"", "\"a\nb\""}) {
    EXPECT_FALSE(isJson(text)) << text;
  }
  EXPECT_FALSE(isJson(std::string_view("{}\0", 3)));
  EXPECT_FALSE(isJson(std::string_view("{}\0{}", 5)));
}

TEST(PluginJson, DeepNestingIsNoDanger) {
  const size_t depth = 1'000'000;
  EXPECT_TRUE(isJson(std::string(depth, '[') + std::string(depth, ']')));
  EXPECT_FALSE(isJson(std::string(depth, '[')));
}

TEST(PluginJson, AnExcerptIsShortAndPrintable) {
  EXPECT_EQ(excerpt(""), "an empty text");
  EXPECT_EQ(excerpt("{\n\t1"), "`{  1`");
  EXPECT_EQ(excerpt(std::string_view("a\0", 2)), "`a\\0`");
  EXPECT_EQ(excerpt(std::string(80, 'x')), "`" + std::string(80, 'x') + "`");
  EXPECT_EQ(excerpt(std::string(81, 'x')), "`" + std::string(80, 'x') + "…`");
}

TEST(PluginJson, AnExcerptDoesNotCutACharacter) {
  EXPECT_EQ(excerpt(std::string(79, 'x') + "ü and more"), "`" + std::string(79, 'x') + "…`");
}

}  // namespace
}  // namespace aurochs::plugin
