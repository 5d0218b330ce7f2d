// A TLS stream over a socket whose server is the fuzzer's. An input that begins with `r` or `k` is what the server
// says, and when; with `2` or `3`, what becomes of the bytes of a real server (TLS 1.2 or 1.3) on their way: four bytes
// a change.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "check.h"
#include "fake_network.h"
#include "redis/tls_context.h"
#include "script.h"
#include "tls_server.h"

namespace aurochs::fuzz {
namespace {

constexpr std::string_view kCommand = "*1\r\n$4\r\nPING\r\n";

/// Owns the stream, as a link does.
class Client final : public redis::Stream::Listener {
 public:
  /// @param keeps the stream is not destroyed as soon as it has ended
  Client(uv_loop_t* loop, const redis::Endpoint& endpoint, bool keeps)
      : keeps_(keeps), stream_(redis::openStream(loop, endpoint, this)) {
    sockaddr_storage address;
    std::memset(&address, 0, sizeof address);
    uv_ip4_addr("127.0.0.1", 6379, reinterpret_cast<sockaddr_in*>(&address));
    FUZZ_CHECK(stream_->connectTcp(address, endpoint) == 0);
  }

  void send(std::string_view bytes) {
    if (state_ != State::kOpen || unheard_ || stream_->writing()) return;
    std::string output(bytes);
    unheard_ = stream_->write(output) != 0;
    FUZZ_CHECK(unheard_ || output.empty());
  }

  /// What the server said, decrypted.
  std::string received;

 private:
  enum class State { kConnecting, kOpen, kEnded };

  void onConnect(int status) override {
    FUZZ_CHECK(state_ == State::kConnecting);
    if (status != 0) return finish();
    state_ = State::kOpen;
    FUZZ_CHECK(stream_->startReading() == 0);
    send(kCommand);
  }
  void onRefused(const Error& why) override {
    FUZZ_CHECK(state_ != State::kEnded && why.kind == ErrorKind::kConnection && !why.message.empty());
    finish();
  }
  void onRead(std::string_view bytes) override {
    FUZZ_CHECK(state_ == State::kOpen && !bytes.empty());
    received += bytes;
    send(kCommand);
  }
  void onWritten() override {
    FUZZ_CHECK(state_ == State::kOpen);
    send(kCommand);
  }
  void onEnd(int status) override {
    FUZZ_CHECK(state_ == State::kOpen && status != 0);
    finish();
  }
  void finish() {
    state_ = State::kEnded;
    if (!keeps_) stream_.reset();
  }

  const bool keeps_;
  bool unheard_ = false;  // what it writes leads nowhere
  State state_ = State::kConnecting;
  std::unique_ptr<redis::Stream> stream_;
};

redis::Endpoint endpointWith(const std::string& version) {
  redis::TlsOptions options;
  options.ca = TlsServer::certificate();
  options.maxVersion = version;
  redis::Endpoint endpoint;
  endpoint.tls = redis::TlsContext::create(options).value();
  return endpoint;
}

void runScript(std::string_view input, bool keeps) {
  static const redis::Endpoint endpoint = endpointWith("");
  Network network;
  Client client(network.loop(), endpoint, keeps);
  for (Script script(input); !script.atEnd();) network.play(script.next());
  FUZZ_CHECK(client.received.empty());  // no key was agreed on that the fuzzer could have
}

/// One change: of the server's byte at `at`, counted from its first.
struct Change {
  uint16_t at;
  uint8_t kind;
  uint8_t value;
};

class Way {
 public:
  explicit Way(std::string_view changes) : changes_(changes) {}

  /// @returns what arrives of it.
  std::string pass(const std::string& bytes) {
    std::string arrived;
    for (const char byte : bytes) {
      arrived += byte;
      for (size_t i = 0; i + sizeof(Change) <= changes_.size(); i += sizeof(Change)) {
        Change change;
        std::memcpy(&change, changes_.data() + i, sizeof change);
        if (change.at == passed_) apply(change, arrived);
      }
      ++passed_;
    }
    return arrived;
  }

 private:
  static void apply(const Change& change, std::string& arrived) {
    switch (change.kind % 4) {
      case 0:
        if (!arrived.empty()) arrived.back() = static_cast<char>(arrived.back() ^ change.value);
        return;
      case 1:
        if (!arrived.empty()) arrived.pop_back();
        return;
      case 2:
        arrived.append(change.value, static_cast<char>(change.at));
        return;
      default:
        arrived += static_cast<char>(change.value);
        return;
    }
  }

  const std::string_view changes_;
  size_t passed_ = 0;
};

/// What else happens between a real server and its client: bits of a byte whose lowest three are the rounds.
enum Happening : uint8_t { kStuck = 8, kBroken = 16, kClientGoes = 32, kClientKeeps = 64 };

/// @param input the size of the pieces that arrive, the happenings, and the changes
void runServer(const redis::Endpoint& endpoint, std::string_view input) {
  const size_t pieceBytes = input.empty() ? 1 : 1 + static_cast<unsigned char>(input[0]) * size_t{8};
  const uint8_t plan = input.size() < 2 ? 7 : static_cast<uint8_t>(input[1]);
  const int rounds = plan % 8;
  Network network;
  TlsServer server;
  Client client(network.loop(), endpoint, (plan & kClientKeeps) != 0);
  Way way(input.substr(std::min<size_t>(2, input.size())));
  for (int round = 0; round < rounds; ++round) {
    const auto peer = network.reader();
    if (!peer) break;
    if ((plan & kStuck) != 0) network.play({'w', {}});
    const bool last = round + 1 == rounds && (plan & kClientGoes) == 0;
    const std::string arrived = way.pass(server.answer(std::exchange(peer->received, {}), last));
    for (std::string_view rest = arrived; !rest.empty() && peer->listener != nullptr;) {
      peer->listener->onRead(rest.substr(0, pieceBytes));
      rest.remove_prefix(std::min(pieceBytes, rest.size()));
    }
    if ((plan & kStuck) != 0) network.play({(plan & kBroken) != 0 && round > 1 ? 'b' : 'u', {}});
  }
  if ((plan & kClientGoes) == 0) network.play({'e', {}});
  // Nothing that was changed on the way passes for the server's.
  FUZZ_CHECK(std::string_view(server.said()).starts_with(client.received));
}

}  // namespace
}  // namespace aurochs::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aurochs::fuzz;
  if (size == 0) return 0;
  beginRandom();
  static const aurochs::redis::Endpoint versions[] = {endpointWith("TLSv1.2"), endpointWith("TLSv1.3")};
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == '2' || data[0] == '3') {
    runServer(versions[data[0] - '2'], input);
  } else {
    runScript(input, data[0] == 'k');
  }
  return 0;
}
