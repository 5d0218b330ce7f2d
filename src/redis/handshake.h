// What is said before a connection is ready: AUTH, CLIENT SETNAME, SELECT, ROLE where it matters and PING, in one go.
// Owned by a connection, on its thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "redis/endpoint.h"
#include "redis/reply.h"

namespace aurochs::redis {

class Handshake {
 public:
  /// Appends all of its commands to `output`. Begins anew at each call.
  /// @returns false when an option is too long to be sent.
  [[nodiscard]] bool start(const Endpoint& endpoint, std::string& output);

  /// Takes the replies in order. @returns true with the last one: the server is ready for work.
  /// An error (kConnection, Redis's code) when it isn't, or does not let us in.
  Result<bool> onReply(const Endpoint& endpoint, ReplyView reply);

  /// The last error reply that was tolerated, empty without one: why the server hangs up, if it does so now.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

 private:
  enum class Step { kAuth, kSetName, kSelect, kRole, kPing };
  static bool tolerated(Step step, std::string_view errorReply);

  std::vector<Step> steps_;
  size_t replied_ = 0;
  std::string refusal_;
};

}  // namespace aurochs::redis
