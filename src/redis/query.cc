#include "redis/query.h"

#include <cassert>
#include <utility>

namespace aurochs::redis {

Query::Query(uv_loop_t* loop, Endpoint server, std::vector<std::string> command, Handler handler)
    : command_(std::move(command)),
      handler_(std::move(handler)),
      limit_(loop),
      connection_(loop, std::move(server), this) {
  const Endpoint& endpoint = connection_.endpoint();
  assert(!endpoint.sentinels && !endpoint.cluster && "a query goes to an address");
  if (endpoint.connectTimeoutMs != 0) {
    limit_.start(endpoint.connectTimeoutMs, [this] {
      const Endpoint& asked = connection_.endpoint();
      finish(Error{ErrorKind::kConnection, "ETIMEDOUT",
                   "Redis at " + describe(asked) + " did not answer " + command_.front() + " within " +
                       std::to_string(asked.connectTimeoutMs) + " ms"});
    });
  }
  connection_.connect();
}

Query::~Query() { handler_ = nullptr; }

void Query::onReady() {
  const std::vector<std::string_view> args(command_.begin(), command_.end());
  connection_.send(args, [this](Result<ReplyView> reply) {
    if (!reply && reply.error().kind == ErrorKind::kScript) {
      Error& refusal = reply.error();
      refusal.kind = ErrorKind::kConnection;
      refusal.message =
          "Redis at " + describe(connection_.endpoint()) + " refused " + command_.front() + ": " + refusal.message;
    }
    finish(std::move(reply));
  });
}

void Query::onDisconnect(const Error& error) { finish(error); }

void Query::finish(Result<ReplyView> answer) {
  if (!handler_) return;
  Handler handler = std::exchange(handler_, nullptr);
  limit_.stop();
  reached_ = connection_.ready() || connection_.state() == ConnectionState::kHandshaking;
  connection_.close(nullptr);  // else it would connect again
  handler(std::move(answer));
}

}  // namespace aurochs::redis
