// What the tests of native processors share: where the libraries are, a job, a sink that remembers.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "plugin/native_processor.h"
#include "pool/processor.h"

namespace aurochs::plugin {

inline std::string fixture(const std::string& name) { return std::string(AUROCHS_FIXTURES_DIR) + "/" + name + ".so"; }

inline std::shared_ptr<const pool::Processor> load(const std::string& name, const std::string& symbol = {}) {
  auto processor = loadNativeProcessor(fixture(name), symbol);
  if (processor) return processor.value();
  ADD_FAILURE() << processor.error().message;
  return nullptr;
}

inline std::string loadError(const std::string& path, const std::string& symbol = {}) {
  const auto processor = loadNativeProcessor(path, symbol);
  if (processor) return "no error";
  EXPECT_EQ(processor.error().kind, ErrorKind::kPlugin);
  return processor.error().message;
}

class RecordingSink final : public pool::JobSink {
 public:
  std::function<void()> onLog = [] {};
  /// How many calls are taken in all; the rest is refused.
  size_t limit = SIZE_MAX;

  bool progress(std::string json) override {
    MutexLock lock(mutex_);
    return take(progress_, std::move(json));
  }
  bool log(std::string row) override {
    bool taken = false;
    {
      MutexLock lock(mutex_);
      taken = take(rows_, std::move(row));
    }
    onLog();
    return taken;
  }
  std::vector<std::string> progressed() {
    MutexLock lock(mutex_);
    return progress_;
  }
  std::vector<std::string> rows() {
    MutexLock lock(mutex_);
    return rows_;
  }

 private:
  bool take(std::vector<std::string>& into, std::string text) REQUIRES(mutex_) {
    if (progress_.size() + rows_.size() >= limit) return false;
    into.push_back(std::move(text));
    return true;
  }

  Mutex mutex_;
  std::vector<std::string> progress_ GUARDED_BY(mutex_);
  std::vector<std::string> rows_ GUARDED_BY(mutex_);
};

/// Runs one attempt on this thread.
struct Attempt {
  pool::JobInput input{"7", "resize", "images", R"({"n":40})", 2};
  std::atomic<bool> cancelled{false};
  RecordingSink sink;

  pool::Outcome run(const std::string& library, const std::string& symbol = {}) {
    const auto processor = load(library, symbol);
    return processor ? processor->run(input, cancelled, sink) : pool::Outcome::failure("not loaded");
  }
};

inline void expectCompleted(const pool::Outcome& outcome, const std::string& json) {
  EXPECT_TRUE(outcome.completed);
  EXPECT_EQ(outcome.value, json);
}

inline void expectFailed(const pool::Outcome& outcome, const std::string& reason, bool unrecoverable = false) {
  EXPECT_FALSE(outcome.completed);
  EXPECT_EQ(outcome.value, reason);
  EXPECT_EQ(outcome.unrecoverable, unrecoverable);
}

}  // namespace aurochs::plugin
