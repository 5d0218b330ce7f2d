#include "redis/asking_locator.h"

#include <cassert>
#include <utility>

namespace aurochs::redis {

namespace {
// Who has to ask again so soon was not helped by the last answer.
constexpr uint64_t kDoubtfulMs = 30'000;
}  // namespace

AskingLocator::AskingLocator(uv_loop_t* loop, Endpoint login, std::vector<std::string> command,
                             std::vector<Address> servers)
    : servers_(std::move(servers)), loop_(loop), login_(std::move(login)), command_(std::move(command)), later_(loop) {}

void AskingLocator::start(Handler handler) {
  cancel();
  handler_ = std::move(handler);
  if (believed_) {
    return later_.start(0, [this, address = *std::exchange(believed_, std::nullopt)] { handOut(address); });
  }
  const bool doubtful = locatedAtMs_ && uv_now(loop_) - *locatedAtMs_ < kDoubtfulMs;
  order_ = servers_.inOrder(doubtful);
  assert(!order_.empty());
  next_ = 0;
  failures_.clear();
  askNext();
}

void AskingLocator::cancel() {
  handler_ = nullptr;
  query_.reset();
  later_.stop();
}

void AskingLocator::askNext() {
  const Address server = order_[next_++];
  query_ = ask(server, command_, [this, server](Result<ReplyView> reply) { onAnswer(server, std::move(reply)); });
}

std::unique_ptr<Query> AskingLocator::ask(const Address& server, std::vector<std::string> command,
                                          Query::Handler handler) {
  Endpoint endpoint = login_;
  endpoint.host = server.host;
  endpoint.port = server.port;
  return std::make_unique<Query>(loop_, std::move(endpoint), std::move(command), std::move(handler));
}

void AskingLocator::onAnswer(const Address& from, Result<ReplyView> reply) {
  Result<Address> found = reply ? understand(reply.value(), from) : Result<Address>(std::move(reply.error()));
  if (found) {
    servers_.answered(from);
    onFound(from);
    return handOut(std::move(found.value()));
  }
  servers_.failed(from);
  failures_.push_back(std::move(found.error()));
  if (next_ < order_.size()) return askNext();
  giveUp();
}

void AskingLocator::handOut(Address address) {
  query_.reset();
  located_ = std::move(address);
  locatedAtMs_ = uv_now(loop_);
  Handler handler = std::exchange(handler_, nullptr);
  handler(Address(located_));
}

void AskingLocator::giveUp() {
  query_.reset();
  Error error{ErrorKind::kConnection, failures_.back().code, summary(failures_) + " ("};
  for (const Error& failure : failures_) {
    if (&failure != &failures_.front()) error.message += "; ";
    error.message += failure.message;
  }
  error.message += ')';
  Handler handler = std::exchange(handler_, nullptr);
  handler(std::move(error));
}

}  // namespace aurochs::redis
