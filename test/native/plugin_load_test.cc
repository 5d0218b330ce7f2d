// Finding a processor in a shared library, and the messages when there is none.
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "plugin_fixture.h"

namespace aurochs::plugin {
namespace {

namespace fs = std::filesystem;
using testing::TempDir;

/// A folder of this test's own, removed afterwards.
class PluginLoad : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(TempDir()) /
              ("aurochs-plugin-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

void expectMentions(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(message.find(part), std::string::npos) << "'" << part << "' is missing in: " << message;
  }
}

TEST_F(PluginLoad, TheSymbolDefaultsToTheBaseName) {
  const std::string real = fs::canonical(fixture("answers")).string();
  EXPECT_EQ(load("answers")->describe(), "answers (" + real + ")");
  EXPECT_EQ(load("answers", "fails")->describe(), "fails (" + real + ")");
}

TEST_F(PluginLoad, ARelativePathIsOneOfTheWorkingDirectory) {
  const fs::path before = fs::current_path();
  fs::current_path(fs::path(fixture("answers")).parent_path());
  EXPECT_TRUE(loadNativeProcessor("answers.so", "").ok());
  EXPECT_TRUE(loadNativeProcessor("./answers.so", "").ok());
  fs::current_path(before);
}

TEST_F(PluginLoad, OnePathIsOneLibrary) {
  const fs::path link = folder_ / "alias.so";
  fs::create_symlink(fs::canonical(fixture("answers")), link);
  Attempt attempt;
  const pool::Outcome first = attempt.run("answers", "counts_calls");
  const auto linked = loadNativeProcessor(link.string(), "counts_calls");
  ASSERT_TRUE(linked.ok());
  const pool::Outcome second = linked.value()->run(attempt.input, attempt.cancelled, attempt.sink);
  EXPECT_EQ(std::stoi(second.value), std::stoi(first.value) + 1);
  EXPECT_EQ(linked.value()->describe(), load("answers", "counts_calls")->describe());
}

TEST_F(PluginLoad, SeveralThreadsMayLoadAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> loaded{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 20; ++n) {
        if (loadNativeProcessor(fixture(i % 2 ? "answers" : "modern"), "").ok()) ++loaded;
        if (!loadNativeProcessor(fixture("answers"), "missing").ok()) ++loaded;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(loaded, 8 * 20 * 2);
}

TEST_F(PluginLoad, AMissingFileIsNamed) {
  const std::string path = (folder_ / "fib.so").string();
  const auto missing = loadNativeProcessor(path, "");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, "ENOENT");
  expectMentions(missing.error().message, {"native processor fib", path, "there is no file"});
  expectMentions(loadError("./not/here.so", "hash"),
                 {"native processor hash", fs::current_path().string() + "/not/here.so"});
}

TEST_F(PluginLoad, AFileThatIsNoLibraryIsNamed) {
  const fs::path path = folder_ / "text.so";
  std::ofstream(path) << "this is no library\n";
  // The second time as well: a file that failed is not remembered as open.
  for (int i = 0; i < 2; ++i) {
    expectMentions(loadError(path.string()), {"native processor text", path.string(), "can't be loaded"});
  }
}

TEST_F(PluginLoad, WhatIsNoFileIsNamed) {
  expectMentions(loadError(folder_.string(), "fib"), {folder_.string(), "is not a file"});
  expectMentions(loadError(fixture("answers") + "/fib.so"), {"there is no file"});
  expectMentions(loadError("", "fib"), {"the path is empty"});
  expectMentions(loadError(std::string("a\0b.so", 6), "fib"), {"contains a NUL"});
}

TEST_F(PluginLoad, AMissingSymbolIsNamed) {
  const std::string real = fs::canonical(fixture("answers")).string();
  const std::string named = loadError(fixture("answers"), "nothing");
  expectMentions(named, {real, "exports no symbol nothing", "AUROCHS_PROCESSOR(nothing)"});
  EXPECT_EQ(named.find("base name"), std::string::npos);
  EXPECT_NE(loadError(fixture("answers"), std::string("fails\0x", 7)), "no error");

  const fs::path renamed = folder_ / "renamed.so";
  fs::copy_file(real, renamed);
  expectMentions(loadError(renamed.string()), {renamed.string(), "exports no symbol renamed", "base name"});
}

TEST_F(PluginLoad, AFunctionThatIsNoProcessorIsRefused) {
  expectMentions(loadError(fixture("no_abi")), {"no_abi in ", "no_abi.so", "not built with aurochs/processor.h"});
}

TEST_F(PluginLoad, AnotherAbiVersionIsRefused) {
  expectMentions(loadError(fixture("newer_abi")),
                 {"newer_abi in ", "newer_abi.so", "version 4711", "needs version 1", "build the library again"});
  expectMentions(loadError(fixture("newer_abi"), "zero_abi"), {"zero_abi in ", "version 0"});
}

}  // namespace
}  // namespace aurochs::plugin
