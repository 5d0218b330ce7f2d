// redis::Socket over the fake network, in the place of src/redis/socket.cc.
#include <uv.h>

#include "check.h"
#include "fake_network.h"
#include "redis/socket.h"

namespace aurochs::redis {

struct Socket::Handle {
  std::shared_ptr<fuzz::Peer> peer;
};

Socket::Socket(uv_loop_t* loop, Listener* listener)
    : loop_(loop), handle_(new Handle{fuzz::Network::current().open(listener)}) {
  FUZZ_CHECK(loop_ == fuzz::Network::current().loop());
}

Socket::~Socket() {
  fuzz::Network::current().drop(handle_->peer);
  delete handle_;
}

int Socket::connectTcp(const sockaddr_storage& address, const Endpoint&) {
  FUZZ_CHECK(address.ss_family == AF_INET || address.ss_family == AF_INET6);
  return fuzz::Network::current().beginConnect(*handle_->peer);
}

int Socket::connectUnix(const std::string& path) {
  return path.empty() ? UV_EINVAL : fuzz::Network::current().beginConnect(*handle_->peer);
}

int Socket::startReading() {
  FUZZ_CHECK(handle_->peer->state == fuzz::Peer::State::kConnected);
  handle_->peer->state = fuzz::Peer::State::kReading;
  return 0;
}

int Socket::write(std::string& bytes) {
  FUZZ_CHECK(!writing());
  fuzz::Network::current().write(*handle_->peer, bytes);
  return 0;
}

bool Socket::writing() const { return !handle_->peer->unwritten.empty(); }

size_t Socket::unwritten() const { return handle_->peer->unwritten.size(); }

}  // namespace aurochs::redis
