#include "redis/sentinel_locator.h"

#include <algorithm>
#include <utility>

namespace aurochs::redis {

namespace {

constexpr const char* kUnknownName = "ENOENT";

Endpoint loginOf(const Endpoint& endpoint) {
  Endpoint login;
  login.family = endpoint.family;
  login.username = endpoint.sentinels->username;
  login.password = endpoint.sentinels->password;
  login.tls = endpoint.sentinels->tls;
  login.connectTimeoutMs = endpoint.connectTimeoutMs;
  login.commandTimeoutMs = endpoint.commandTimeoutMs;
  return login;
}

}  // namespace

SentinelLocator::SentinelLocator(uv_loop_t* loop, const Endpoint& endpoint)
    : AskingLocator(loop, loginOf(endpoint), {"SENTINEL", "get-master-addr-by-name", endpoint.sentinels->name},
                    endpoint.sentinels->addresses),
      sentinels_(endpoint.sentinels) {}

void SentinelLocator::cancel() {
  learning_.reset();
  AskingLocator::cancel();
}

Result<Address> SentinelLocator::understand(ReplyView reply, const Address& from) {
  if (reply.isNil()) {
    return Error{ErrorKind::kConnection, kUnknownName, "the one at " + describe(from) + " does not know it"};
  }
  if (reply.size() != 2 || reply[0].text().empty() || !isPort(reply[1].integer())) {
    return Error{ErrorKind::kConnection, "EPROTO", "the one at " + describe(from) + " answered with something else"};
  }
  return reachable(sentinels_->natMap, {std::string(reply[0].text()), static_cast<uint16_t>(reply[1].integer())});
}

std::string SentinelLocator::summary(const std::vector<Error>& failures) const {
  const bool unknown =
      std::all_of(failures.begin(), failures.end(), [](const Error& failure) { return failure.code == kUnknownName; });
  return unknown ? "no Sentinel knows a master named '" + sentinels_->name + "'; check connection.name"
                 : "no Sentinel could tell where the master '" + sentinels_->name + "' is";
}

void SentinelLocator::onFound(const Address& from) {
  learning_ = ask(from, {"SENTINEL", "sentinels", sentinels_->name}, [this](Result<ReplyView> reply) {
    if (reply) learn(reply.value());
    learning_.reset();
  });
}

// Each is a flat list of names and values, `ip` and `port` among them.
void SentinelLocator::learn(ReplyView sentinels) {
  std::vector<Address> others;
  ReplyView sentinel = sentinels.first();
  for (size_t i = 0; i < sentinels.size(); ++i, sentinel = sentinel.next()) {
    Address address{"", 0};
    ReplyView name = sentinel.first();
    for (size_t field = 0; field + 1 < sentinel.size(); field += 2) {
      const ReplyView value = name.next();
      if (name.text() == "ip") address.host = value.text();
      if (name.text() == "port" && isPort(value.integer())) address.port = static_cast<uint16_t>(value.integer());
      name = value.next();
    }
    if (!address.host.empty() && address.port != 0) others.push_back(reachable(sentinels_->natMap, address));
  }
  servers_.heard(std::move(others));
}

}  // namespace aurochs::redis
