#include "redis/handshake.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <initializer_list>
#include <string_view>

#include "redis/command.h"
#include "redis/error_reply.h"

namespace aurochs::redis {

bool Handshake::start(const Endpoint& endpoint, std::string& output) {
  steps_.clear();
  replied_ = 0;
  refusal_.clear();
  bool sent = true;
  auto say = [&](Step step, std::initializer_list<std::string_view> args) {
    steps_.push_back(step);
    sent = appendCommand(output, args) && sent;
  };

  if (!endpoint.username.empty()) {
    say(Step::kAuth, {"AUTH", endpoint.username, endpoint.password});
  } else if (!endpoint.password.empty()) {
    say(Step::kAuth, {"AUTH", endpoint.password});
  }
  if (!endpoint.connectionName.empty()) say(Step::kSetName, {"CLIENT", "SETNAME", endpoint.connectionName});
  if (endpoint.db != 0) say(Step::kSelect, {"SELECT", std::to_string(endpoint.db)});
  // A Sentinel may know less than it says: only the server itself can tell that it is a master.
  if (endpoint.sentinels) say(Step::kRole, {"ROLE"});
  // Answered like any other command while the server loads its data, lacks its master or is busy with a script.
  say(Step::kPing, {"PING"});
  return sent;
}

Result<bool> Handshake::onReply(const Endpoint& endpoint, ReplyView reply) {
  static constexpr std::array<std::string_view, 5> kNames = {"AUTH", "CLIENT SETNAME", "SELECT", "ROLE", "PING"};
  assert(replied_ < steps_.size());
  const Step step = steps_[replied_++];
  if (reply.type() == ReplyType::kError) {
    std::string text(reply.text());
    if (!tolerated(step, text)) {
      // Where AUTH is unknown, Redis repeats what it was given.
      if (step == Step::kAuth) text.resize(std::min(text.size(), text.find(", with args")));
      const std::string_view command = kNames[static_cast<size_t>(step)];
      return Error{ErrorKind::kConnection, std::string(codeOf(text)),
                   "Redis at " + describe(endpoint) + " refused " + std::string(command) + ": " + text};
    }
    refusal_ = text;
  } else if (step == Step::kRole && (reply.size() == 0 || reply[0].text() != "master")) {
    return Error{ErrorKind::kConnection, "READONLY",
                 "the server that Sentinel named, Redis at " + describe(endpoint) + ", is still a replica"};
  }
  return replied_ == steps_.size();
}

bool Handshake::tolerated(Step step, std::string_view errorReply) {
  switch (step) {
    case Step::kAuth:  // a password for a server that wants none
      return errorReply.find("no password is set") != std::string_view::npos ||
             errorReply.find("without any password configured") != std::string_view::npos;
    case Step::kSetName:  // a name is a convenience
      return true;
    case Step::kRole:  // then a replica shows when it refuses the first write
    case Step::kPing:  // who may not PING is logged in all the same
      return codeOf(errorReply) == "NOPERM";
    case Step::kSelect:
      break;
  }
  return false;
}

}  // namespace aurochs::redis
