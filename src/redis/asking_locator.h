// What the locators share: one server after the other is asked the same, until one can tell.
// I/O thread only; owned by a connection.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/timer.h"
#include "redis/known_servers.h"
#include "redis/locator.h"
#include "redis/query.h"

namespace aurochs::redis {

class AskingLocator : public Locator {
 public:
  void start(Handler handler) final;
  void cancel() override;

 protected:
  /// @param login how to reach and log in to a server that is asked: all but its host and port.
  AskingLocator(uv_loop_t* loop, Endpoint login, std::vector<std::string> command, std::vector<Address> servers);

  /// The address out of a reply, or why it isn't in there. `from` has sent it.
  virtual Result<Address> understand(ReplyView reply, const Address& from) = 0;
  /// `from` has told: it may be asked more, in the background.
  virtual void onFound(const Address& /*from*/) {}
  /// What the failures, each with its server in the message, mean together; begins the error's message.
  [[nodiscard]] virtual std::string summary(const std::vector<Error>& failures) const = 0;

  std::unique_ptr<Query> ask(const Address& server, std::vector<std::string> command, Query::Handler handler);
  /// The next start() hands it out without asking.
  void believe(Address address) { believed_ = std::move(address); }
  /// What the last start() led to; an empty host before.
  [[nodiscard]] const Address& located() const { return located_; }

  KnownServers servers_;

 private:
  void askNext();
  void onAnswer(const Address& from, Result<ReplyView> reply);
  void handOut(Address address);
  void giveUp();

  uv_loop_t* const loop_;
  const Endpoint login_;
  const std::vector<std::string> command_;
  std::optional<Address> believed_;
  Address located_{"", 0};
  std::optional<uint64_t> locatedAtMs_;  // the loop's clock

  // Of one start().
  Handler handler_;
  std::vector<Address> order_;
  size_t next_ = 0;
  std::vector<Error> failures_;
  std::unique_ptr<Query> query_;
  Timer later_;
};

}  // namespace aurochs::redis
