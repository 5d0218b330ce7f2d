// Whom a link serves, from the first to the last. I/O thread only.
#include <algorithm>
#include <cassert>
#include <utility>

#include "redis/link.h"

namespace aurochs::redis {

Link::UserId Link::attach(ConnectionListener* listener) {
  assert(thread_.isCurrent());
  users_.push_back({++lastUser_, listener});
  return lastUser_;
}

Link::User* Link::find(UserId id) {
  const auto found = std::find_if(users_.begin(), users_.end(), [id](const User& user) { return user.id == id; });
  return found == users_.end() ? nullptr : &*found;
}

std::vector<Link::UserId> Link::userIds() const {
  std::vector<UserId> ids;
  for (const User& user : users_) ids.push_back(user.id);
  return ids;
}

Link::State Link::stateFor(UserId id) const {
  const User* user = const_cast<Link*>(this)->find(id);
  if (user == nullptr) return State::kClosed;
  if (!user->connected) return State::kIdle;
  return state_ == State::kReady && !user->ready ? State::kHandshaking : state_;
}

void Link::tellReady() {
  for (const UserId id : userIds()) {
    if (state_ != State::kReady) return;
    User* user = find(id);
    if (user == nullptr || !user->connected || std::exchange(user->ready, true)) continue;
    user->listener->onReady();
  }
}

void Link::detach(UserId id, Task done) {
  assert(thread_.isCurrent());
  const auto self = shared_from_this();
  const bool known = std::erase_if(users_, [id](const User& user) { return user.id == id; }) > 0;
  if (known && users_.empty()) close();
  if (state_ == State::kClosed && !handlesClosed_) {
    if (done) whenClosed_.push_back(std::move(done));
  } else {
    later(std::move(done));
  }
  if (!known) return;

  const Error closed{ErrorKind::kClosed, "", "the connection to Redis at " + describe(target_) + " was closed"};
  for (std::deque<Pending>* queue : {&failing_, &pending_}) {
    std::vector<ReplyHandler> dropped;
    for (Pending& pending : *queue) {
      if (pending.user == id && pending.handler) dropped.push_back(std::exchange(pending.handler, nullptr));
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
