#include "redis/doubt.h"

#include <algorithm>
#include <utility>

namespace aurochs::redis {

namespace {
// How long one question may take, and from the one to the next: a server that can be reached again is found out soon.
constexpr uint32_t kAskMs = 500;
// For our own reply, which may be right behind the other one.
constexpr uint64_t kGraceMs = 500;
}  // namespace

Doubt::Doubt(uv_loop_t* loop, Task confirmed) : loop_(loop), confirmed_(std::move(confirmed)), timer_(loop) {}

void Doubt::begin(const Endpoint& server) {
  if (active()) return;
  server_ = server;
  server_.sentinels = nullptr;
  server_.cluster = nullptr;
  server_.retryDelays = std::nullopt;
  server_.connectionName.clear();  // dashboards count workers by it
  reached_ = false;
  server_.connectTimeoutMs = kAskMs;
  ask();
}

void Doubt::end() {
  query_.reset();
  timer_.stop();
}

void Doubt::ask() {
  askedMs_ = uv_now(loop_);
  query_ = std::make_unique<Query>(loop_, server_, std::vector<std::string>{"EVAL", "return 0", "0"},
                                   [this](const Result<ReplyView>& reply) { onAnswer(reply.ok()); });
}

void Doubt::onAnswer(bool answered) {
  reached_ = query_->reached();
  query_.reset();
  if (answered) {
    timer_.start(kGraceMs, [this] { confirmed_(); });
  } else {
    const uint64_t tookMs = uv_now(loop_) - askedMs_;
    timer_.start(tookMs < kAskMs ? kAskMs - tookMs : 0, [this] { ask(); });
  }
}

}  // namespace aurochs::redis
