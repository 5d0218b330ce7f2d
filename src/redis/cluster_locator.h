// Asks a cluster's nodes which of them serves our slot.
// I/O thread only; owned by a connection.
#pragma once

#include <memory>

#include "redis/asking_locator.h"

namespace aurochs::redis {

class ClusterLocator final : public AskingLocator {
 public:
  /// @param endpoint one with a cluster.
  ClusterLocator(uv_loop_t* loop, const Endpoint& endpoint);

  /// An empty host: the one that the last start() led to, at another port.
  void redirect(Address address) override;

 private:
  Result<Address> understand(ReplyView reply, const Address& from) override;
  [[nodiscard]] std::string summary(const std::vector<Error>& failures) const override;
  [[nodiscard]] std::optional<Address> addressOf(ReplyView node, const Address& from) const;

  const std::shared_ptr<const Cluster> cluster_;
};

}  // namespace aurochs::redis
