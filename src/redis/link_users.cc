// Whom a link serves, from the first to the last. I/O thread only.
#include <algorithm>
#include <cassert>
#include <utility>

#include "redis/link.h"

namespace aurochs::redis {

std::shared_ptr<Link::User> Link::attach(ConnectionListener* listener) {
  assert(thread_.isCurrent());
  users_.push_back(std::make_shared<User>(User{listener}));
  return users_.back();
}

Link::State Link::stateFor(const User& user) const {
  if (!user.attached) return State::kClosed;
  if (!user.connected) return State::kIdle;
  return state_ == State::kReady && !user.ready ? State::kHandshaking : state_;
}

void Link::tellReady() {
  for (const auto& user : std::vector(users_)) {
    if (state_ != State::kReady) return;
    if (!user->attached || !user->connected || std::exchange(user->ready, true)) continue;
    user->listener->onReady();
  }
}

void Link::detach(User& user, Task done) {
  assert(thread_.isCurrent());
  const auto self = shared_from_this();
  const bool first = std::exchange(user.attached, false);
  std::erase_if(users_, [&](const auto& known) { return known.get() == &user; });
  if (first && users_.empty()) close();
  if (state_ == State::kClosed && !handlesClosed_) {
    if (done) whenClosed_.push_back(std::move(done));
  } else {
    later(std::move(done));
  }
  if (!first) return;

  const Error closed{ErrorKind::kClosed, "", "the connection to Redis at " + describe(target_) + " was closed"};
  for (std::deque<Pending>* queue : {&failing_, &pending_}) {
    std::vector<ReplyHandler> dropped;
    for (Pending& pending : *queue) {
      if (pending.user == &user && pending.handler) dropped.push_back(std::exchange(pending.handler, nullptr));
    }
    for (ReplyHandler& handler : dropped) handler(closed);
  }
}

void Link::later(Task done) {
  if (!done) return;
  // A timer that holds itself: there is no handle of the link's to wait for.
  auto timer = std::make_shared<Timer>(loop_);
  timer->start(0, [timer, done = std::move(done)]() mutable { done(); });
}

void Link::close() {
  setState(State::kClosed);
  self_ = shared_from_this();
  uv_close(reinterpret_cast<uv_handle_t*>(&beforePoll_),
           [](uv_handle_t* handle) { static_cast<Link*>(handle->data)->finishClose(); });
  timer_.reset();
  welcome_.reset();
  watch_.reset();
  doubt_.reset();
  stream_.reset();
  resolver_.cancel();
  locator_.reset();
  output_ = std::string();
}

void Link::finishClose() {
  const std::shared_ptr<Link> self = std::move(self_);
  handlesClosed_ = true;
  for (Task& done : std::exchange(whenClosed_, {})) done();
}

}  // namespace aurochs::redis
