// What the tests of a connection share: a loop on the test's own thread, a listener that remembers, a fake server.
// Test thread only.
#pragma once

#include <gtest/gtest.h>
#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "redis/connection.h"

namespace aurochs::test {

class RecordingListener : public redis::ConnectionListener {
 public:
  void onReady() override {
    ++ready;
    if (whenReady) whenReady();
  }
  void onDisconnect(const Error& error) override {
    errors.push_back(error);
    if (whenDisconnected) whenDisconnected();
  }
  /// Whether a loss with this code was reported.
  [[nodiscard]] bool sawCode(std::string_view code) const;

  int ready = 0;
  std::vector<Error> errors;
  std::function<void()> whenReady;
  std::function<void()> whenDisconnected;
};

/// What a handler was called with, copied out of the reply.
struct Answer {
  int calls = 0;
  bool ok = false;
  redis::ReplyType type = redis::ReplyType::kNil;
  std::string text;
  int64_t integer = 0;
  Error error;

  redis::ReplyHandler handler();
};

class RedisConnectionTest : public testing::Test {
 protected:
  RedisConnectionTest();
  /// Closes the connection, runs the loop dry and requires that nothing is left on it.
  ~RedisConnectionTest() override;

  redis::Connection& connectTo(redis::Endpoint endpoint);
  void connectAndWait(redis::Endpoint endpoint);
  /// Runs the loop until `done()`; fails the test when that takes a minute.
  [[nodiscard]] bool runUntil(const std::function<bool()>& done);
  /// Runs the loop until the connection is in `state`, and calls `action` right there: states can be shorter than an
  /// iteration of the loop.
  void atState(redis::Connection::State state, const std::function<void()>& action);
  void send(std::vector<std::string> args, redis::ReplyHandler handler);
  /// Sends and waits.
  Answer ask(std::vector<std::string> args);
  /// Closes and waits for `done`.
  void closeAndWait();

  uv_loop_t loop_;
  RecordingListener listener_;
  std::unique_ptr<redis::Connection> connection_;
};

/// A TCP server on the test's loop whose answers a test writes itself.
class FakeServer {
 public:
  /// Called with what a client sent, and with nothing when one has come; what it returns is written back.
  using Respond = std::function<std::string(std::string_view received)>;
  /// At the end of an answer: the client is dropped when that is written.
  static constexpr std::string_view kHangUp = "\x01hang up";

  FakeServer(uv_loop_t* loop, Respond respond);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  [[nodiscard]] redis::Endpoint endpoint() const;
  /// Writes to the client that came last.
  void say(std::string bytes);
  /// How many have come.
  [[nodiscard]] int clients() const;

 private:
  struct State;
  State* state_;
};

}  // namespace aurochs::test
