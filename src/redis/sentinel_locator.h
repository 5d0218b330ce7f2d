// Asks Sentinels for the master of their name; whether it is one still is the handshake's to see (ROLE).
// I/O thread only; owned by a connection.
#pragma once

#include <memory>

#include "redis/asking_locator.h"

namespace aurochs::redis {

class SentinelLocator final : public AskingLocator {
 public:
  /// @param endpoint one with sentinels.
  SentinelLocator(uv_loop_t* loop, const Endpoint& endpoint);

  void cancel() override;
  /// A master redirects nobody.
  void redirect(Address) override {}

 private:
  Result<Address> understand(ReplyView reply, const Address& from) override;
  void onFound(const Address& from) override;
  [[nodiscard]] std::string summary(const std::vector<Error>& failures) const override;
  void learn(ReplyView sentinels);

  const std::shared_ptr<const Sentinels> sentinels_;
  std::unique_ptr<Query> learning_;  // goes on while the master is being connected to
};

}  // namespace aurochs::redis
