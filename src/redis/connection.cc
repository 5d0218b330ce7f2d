#include "redis/connection.h"

#include <utility>

#include "redis/connection_impl.h"

namespace aurochs::redis {

Connection::Connection(uv_loop_t* loop, Endpoint endpoint, ConnectionListener* listener)
    : impl_(std::make_shared<Impl>(loop, std::move(endpoint), listener)) {}

Connection::~Connection() { impl_->close(nullptr); }

// Handlers and listeners may destroy this Connection: the copy keeps what is running alive.
void Connection::connect() { impl_->connect(); }
void Connection::close(Task done) { std::shared_ptr(impl_)->close(std::move(done)); }
void Connection::reset(Error why) { std::shared_ptr(impl_)->reset(std::move(why)); }
void Connection::send(std::span<const std::string_view> args, ReplyHandler handler) {
  std::shared_ptr(impl_)->send(args, std::move(handler));
}

void Connection::flush() { std::shared_ptr(impl_)->flush(); }

Connection::State Connection::state() const { return impl_->state(); }
const Endpoint& Connection::endpoint() const { return impl_->endpoint(); }

}  // namespace aurochs::redis
