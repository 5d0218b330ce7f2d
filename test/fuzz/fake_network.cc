#include "fake_network.h"

#include <utility>

#include "check.h"

namespace aurochs::fuzz {

namespace {
Network* present = nullptr;
// Whatever the input says, each of its steps ends.
constexpr int kMostTurns = 32;
}  // namespace

Network::Network() {
  FUZZ_CHECK(uv_loop_init(&loop_) == 0);
  present = this;
}

Network::~Network() {
  for (int turn = 0; turn < kMostTurns && uv_loop_alive(&loop_); ++turn) {
    settle();
    (void)passTime();
  }
  FUZZ_CHECK(peers_.empty());
  FUZZ_CHECK(uv_loop_close(&loop_) == 0);
  present = nullptr;
}

Network& Network::current() { return *present; }

void Network::settle() {
  int turns = 0;
  do {
    uv_run(&loop_, UV_RUN_NOWAIT);
  } while (uv_backend_timeout(&loop_) == 0 && ++turns < kMostTurns);
}

bool Network::passTime() {
  const int ms = uv_backend_timeout(&loop_);
  if (ms > 0) FakeClock::pass(static_cast<uint64_t>(ms));
  settle();
  return ms >= 0;
}

std::shared_ptr<Peer> Network::find(Peer::State state) const {
  size_t before = meant_;
  std::shared_ptr<Peer> found;
  for (auto peer = peers_.rbegin(); peer != peers_.rend(); ++peer) {
    if ((*peer)->state != state) continue;
    found = *peer;
    if (before-- == 0) break;
  }
  return found;
}

std::shared_ptr<Peer> Network::reader() {
  for (int turn = 0; turn < kMostTurns; ++turn) {
    settle();
    if (const auto connecting = find(Peer::State::kConnecting)) {
      connect(connecting);
    } else if (auto reading = find(Peer::State::kReading)) {
      return reading;
    } else if (!passTime()) {
      break;
    }
  }
  return nullptr;
}

void Network::play(const Script::Step& step) {
  switch (step.event) {
    case Script::kSay:
      return say(step.said);
    case 'f':
      return refuse();
    case 'e':
      return end(UV_EOF);
    case 'r':
      return end(UV_ECONNRESET);
    case 'w':
      stuck_ = true;
      return;
    case 'u':
      return take(0);
    case 'b':
      return take(UV_EPIPE);
    case 't':
      (void)passTime();
      return;
    case '0':
    case '1':
    case '2':
    case '3':
      meant_ = static_cast<size_t>(step.event - '0');
      return;
    default:
      settle();
      return;
  }
}

void Network::connect(const std::shared_ptr<Peer>& peer) {
  peer->state = Peer::State::kConnected;
  peer->listener->onConnect(0);
  if (peer->state == Peer::State::kReading && !greeting.empty()) peer->listener->onRead(greeting);
}

void Network::refuse() {
  for (int turn = 0; turn < kMostTurns; ++turn) {
    settle();
    if (const auto peer = find(Peer::State::kConnecting)) {
      peer->state = Peer::State::kEnded;
      peer->listener->onConnect(UV_ECONNREFUSED);
      return settle();
    }
    if (!passTime()) return;
  }
}

void Network::say(std::string_view bytes) {
  const auto peer = reader();
  if (!peer) return;
  peer->listener->onRead(bytes);
  settle();
}

void Network::end(int status) {
  const auto peer = reader();
  if (!peer) return;
  peer->state = Peer::State::kEnded;
  peer->listener->onEnd(status);
  settle();
}

void Network::take(int status) {
  stuck_ = false;
  settle();
  // A call may open and drop sockets.
  for (const auto& peer : std::vector(peers_)) {
    if (peer->unwritten.empty() || peer->listener == nullptr) continue;
    peer->received += std::exchange(peer->unwritten, {});
    if (status == 0) {
      peer->listener->onWritten();
    } else {
      peer->listener->onEnd(status);
    }
  }
  settle();
}

std::shared_ptr<Peer> Network::open(redis::Stream::Listener* listener) {
  return peers_.emplace_back(std::make_shared<Peer>(listener));
}

int Network::beginConnect(Peer& peer) {
  FUZZ_CHECK(peer.state == Peer::State::kIdle);
  peer.state = Peer::State::kConnecting;
  return 0;
}

void Network::write(Peer& peer, std::string& bytes) {
  FUZZ_CHECK(peer.state >= Peer::State::kConnected && peer.unwritten.empty());
  const size_t taken = stuck_ ? bytes.size() / 2 : bytes.size();
  peer.received.append(bytes, 0, taken);
  peer.unwritten = bytes.substr(taken);
  bytes.clear();
}

void Network::drop(const std::shared_ptr<Peer>& peer) {
  peer->listener = nullptr;
  peer->state = Peer::State::kEnded;
  std::erase(peers_, peer);
}

}  // namespace aurochs::fuzz
