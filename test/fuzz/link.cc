// A connection from beginning to end, with everything that its server says out of the fuzzer's hands: the handshake,
// the replies to pending commands, hanging up at any moment. Each handler is called once, in order, and nothing is
// left.
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "check.h"
#include "endpoints.h"
#include "fake_network.h"
#include "redis/connection.h"
#include "script.h"
#include "walk.h"

namespace aurochs::fuzz {
namespace {

using redis::Connection;
using redis::ReplyView;

class User final : public redis::ConnectionListener {
 public:
  User(uv_loop_t* loop, const redis::Endpoint& endpoint)
      : connection_(std::make_unique<Connection>(loop, endpoint, this, Connection::Sharing::kSameEndpoint)) {
    connection_->connect();
  }

  /// Events:  `s` sends, and the handler …   `S` sends again   `X` resets   `J` rejects   `C` closes   `D` destroys
  ///          `x` resets                     `c` closes        `d` destroys
  void play(char event) {
    switch (event) {
      case 's':
      case 'S':
      case 'X':
      case 'J':
      case 'C':
      case 'D':
        return send(event);
      case 'x':
        return reset();
      case 'c':
        return close();
      case 'd':
        return destroy();
      default:
        return;
    }
  }

  void close() {
    if (!connection_) return;
    closing_ = true;
    ++closes_;
    const int before = closed_;
    connection_->close([this] { ++closed_; });
    FUZZ_CHECK(closed_ == before);
    if (connection_) FUZZ_CHECK(connection_->state() == Connection::State::kClosed);
  }

  /// Once the loop has run dry.
  void checkEnd() const {
    FUZZ_CHECK(closing_ && closed_ == closes_);
    for (const Sent& sent : sent_) FUZZ_CHECK(sent.calls == 1);
  }

 private:
  struct Sent {
    int calls = 0;
    bool returned = false;  // from send()
  };

  void onReady() override {
    FUZZ_CHECK(!closing_ && connection_->ready());
    send('s');
    if (connection_) send('s');
  }

  void onDisconnect(const Error& error) override {
    FUZZ_CHECK(!closing_ && !connection_->ready());
    FUZZ_CHECK(error.kind != ErrorKind::kScript && !error.message.empty());
  }

  void send(char then) {
    static constexpr std::array<std::string_view, 4> kCommand = {"EVALSHA", "0123456789", "0", "argument"};
    constexpr size_t kMost = 512;  // a server that hangs up makes each of them anew
    if (!connection_ || sent_.size() >= kMost) return;
    const size_t index = sent_.size();
    sent_.emplace_back();
    const redis::ReplyAfter expect{index % 3 == 2 ? 5000U : 0U};
    connection_->send(
        kCommand, [this, index, then](Result<ReplyView> reply) { onReply(index, then, reply); }, expect);
    sent_[index].returned = true;
  }

  void onReply(size_t index, char then, const Result<ReplyView>& reply) {
    FUZZ_CHECK(++sent_[index].calls == 1);
    if (reply) {
      std::string text;
      walk(reply.value(), text);
      FUZZ_CHECK(reply.value().type() != redis::ReplyType::kError);
    } else {
      FUZZ_CHECK(reply.error().kind != ErrorKind::kProtocol);
    }
    if (reply || reply.error().kind == ErrorKind::kScript) {
      FUZZ_CHECK(sent_[index].returned && !closing_);
      FUZZ_CHECK(!answered_ || index > *answered_);
      answered_ = index;
    }
    if (!sent_[index].returned || closing_) return;
    switch (then) {
      case 'S':
        return send('s');
      case 'X':
        return reset();
      case 'J':
        (void)connection_->rejectReply("EVALSHA");
        return;
      case 'C':
        return close();
      case 'D':
        return destroy();
      default:
        return;
    }
  }

  void reset() {
    if (connection_) connection_->reset({ErrorKind::kClosed, "", "the fuzzer resets"});
  }

  void destroy() {
    closing_ = true;
    connection_.reset();
  }

  bool closing_ = false;
  int closes_ = 0;
  int closed_ = 0;
  std::deque<Sent> sent_;  // of the handlers that there are
  std::optional<size_t> answered_;
  std::unique_ptr<Connection> connection_;
};

void run(std::string_view input) {
  Network network;
  const redis::Endpoint endpoint = endpointOf(input[0]);
  std::array<std::optional<User>, 2> users;
  users[0].emplace(network.loop(), endpoint);
  size_t user = 0;
  for (Script script(input.substr(1)); !script.atEnd();) {
    const Script::Step step = script.next();
    if (step.event == '+') {
      // Another one on the same link.
      user = 1;
      if (!users[1]) users[1].emplace(network.loop(), endpoint);
    } else if (step.event == '-') {
      user = 0;
    } else if (std::string_view("sSXJCDxcd").find(step.event) != std::string_view::npos) {
      users[user]->play(step.event);
    } else {
      network.play(step);
    }
  }
  for (std::optional<User>& each : users) {
    if (each) each->close();
  }
  network.settle();
  for (const std::optional<User>& each : users) {
    if (each) each->checkEnd();
  }
}

}  // namespace
}  // namespace aurochs::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0) aurochs::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
