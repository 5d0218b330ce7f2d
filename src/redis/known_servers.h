// The servers that may be asked where another one is: those of the options, and those that they have told of.
// I/O thread only; owned by a locator.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "redis/endpoint.h"

namespace aurochs::redis {

class KnownServers {
 public:
  /// No answer makes more servers known than this.
  static constexpr size_t kMostHeard = 64;

  explicit KnownServers(std::vector<Address> configured) : configured_(std::move(configured)) {}

  /// In the order to ask them: the one that answered last, the options', those heard of, and last of all those that
  /// failed when they were asked. @param doubtful the last answer was of no use: the others of whom nothing bad is
  /// known come before the one that gave it, lest a server that was cut off from the rest be asked for ever.
  [[nodiscard]] std::vector<Address> inOrder(bool doubtful) const;

  void answered(const Address& server);
  void failed(const Address& server);
  /// Replaces what was heard before: servers come and go.
  void heard(std::vector<Address> others);

 private:
  std::vector<Address> configured_;
  std::vector<Address> heard_;
  std::vector<Address> failed_;
  Address lastAnswered_{"", 0};
};

/// What servers tell as ports may be anything.
constexpr bool isPort(int64_t number) { return number > 0 && number <= std::numeric_limits<uint16_t>::max(); }

/// Where a server that calls itself `address` is from here.
Address reachable(const NatMap& natMap, const Address& address);

}  // namespace aurochs::redis
