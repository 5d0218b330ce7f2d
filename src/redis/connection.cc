#include "redis/connection.h"

#include <utility>

#include "redis/link.h"
#include "redis/shared_links.h"

namespace aurochs::redis {

namespace {
std::shared_ptr<Link> linkFor(uv_loop_t* loop, Endpoint endpoint, Connection::Sharing sharing) {
  return sharing == Connection::Sharing::kSameEndpoint ? sharedLink(loop, std::move(endpoint))
                                                       : std::make_shared<Link>(loop, std::move(endpoint));
}
}  // namespace

Connection::Connection(uv_loop_t* loop, Endpoint endpoint, ConnectionListener* listener, Sharing sharing)
    : link_(linkFor(loop, std::move(endpoint), sharing)), user_(link_->attach(listener)) {}

Connection::~Connection() { link_->detach(*user_, nullptr); }

// Handlers and listeners may destroy this Connection: the copy keeps what is running alive.
void Connection::connect() { link_->connect(*user_); }
void Connection::close(Task done) { std::shared_ptr(link_)->detach(*std::shared_ptr(user_), std::move(done)); }
void Connection::reset(Error why) {
  if (state() != State::kClosed) std::shared_ptr(link_)->reset(std::move(why));
}
Error Connection::rejectReply(std::string_view command) {
  Error error{ErrorKind::kConnection, "",
              "what answers at " + describe(endpoint()) + " does not speak Redis's protocol: no reply to " +
                  std::string(command) + " is like that"};
  reset(error);
  return error;
}

void Connection::send(std::span<const std::string_view> args, ReplyHandler handler, ReplyAfter expect) {
  std::shared_ptr(link_)->send(user_.get(), args, std::move(handler), expect);
}
bool Connection::claimScript(const std::string& sha1) { return link_->claimScript(sha1); }
void Connection::flush() { std::shared_ptr(link_)->flush(); }

Connection::State Connection::state() const { return link_->stateFor(*user_); }
const Endpoint& Connection::endpoint() const { return link_->endpoint(); }
std::shared_ptr<const HealthBoard> Connection::health() const { return link_->health(); }

}  // namespace aurochs::redis
