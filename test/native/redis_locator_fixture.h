// What the tests of locators share: a loop, and a locator's answer waited for.
// Test thread only.
#pragma once

#include <memory>
#include <optional>

#include "redis/locator.h"
#include "redis_fixture.h"

namespace aurochs::test {

class RedisLocatorTest : public RedisConnectionTest {
 protected:
  void SetUp() override { endpoint_.connectTimeoutMs = 5000; }
  void TearDown() override { locator_.reset(); }

  redis::Locator& make() {
    locator_ = redis::makeLocator(&loop_, endpoint_);
    return *locator_;
  }

  /// Starts the locator, made from the endpoint when there is none yet, and waits.
  Result<redis::Address> locate() {
    if (!locator_) make();
    std::optional<Result<redis::Address>> answer;
    locator_->start([&](Result<redis::Address> found) {
      answer = std::move(found);
      uv_stop(&loop_);  // nothing else may be coming that would end this iteration
    });
    EXPECT_FALSE(answer) << "the handler ran inside start()";
    if (!runUntil([&] { return answer.has_value(); })) {
      locator_->cancel();
      return Error{ErrorKind::kProtocol, "", "the locator never answered"};
    }
    return *answer;
  }
  /// The address, written out; the error's message when there is none.
  std::string located() {
    const Result<redis::Address> found = locate();
    return found ? describe(found.value()) : found.error().message;
  }
  Error failure() {
    const Result<redis::Address> found = locate();
    if (!found) return found.error();
    ADD_FAILURE() << "found " << describe(found.value());
    return {};
  }

  redis::Endpoint endpoint_;
  std::unique_ptr<redis::Locator> locator_;
};

/// `text` as the bulk string that Redis sends.
inline std::string bulk(const std::string& text) { return '$' + std::to_string(text.size()) + "\r\n" + text + "\r\n"; }

}  // namespace aurochs::test
