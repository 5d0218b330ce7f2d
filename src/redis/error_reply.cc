#include "redis/error_reply.h"

#include <array>
#include <charconv>
#include <span>
#include <string>

#include "redis/known_servers.h"

namespace aurochs::redis {

namespace {

// BUSY with another's script, and NOREPLICAS of a master that may be cut off, come before a command has done anything.
constexpr std::array<std::string_view, 5> kUnusable = {"READONLY", "LOADING", "MASTERDOWN", "NOREPLICAS", "BUSY"};

constexpr std::array<std::string_view, 4> kRefusedForNow = {"OOM", "MISCONF", "NOPERM", "NOAUTH"};

// A slot on its way is waited for, not followed with ASKING: BullMQ's scripts name keys that don't exist (yet), and to
// commands of several keys of which one is missing, the new node answers TRYAGAIN until it has the whole slot, the old
// one ASK or TRYAGAIN.
constexpr std::array<std::string_view, 4> kUnusableInCluster = {"MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN"};

// What a blocked command is told when its master becomes a replica; not what CLIENT UNBLOCK makes of it.
constexpr std::string_view kUnblocked = "UNBLOCKED";
constexpr std::string_view kDemoted = "UNBLOCKED force unblock";

std::string_view findCode(std::string_view errorReply, std::span<const std::string_view> codes) {
  const std::string_view code = codeOf(errorReply);
  const bool wrapped = errorReply.starts_with("ERR Error running script");
  for (std::string_view wanted : codes) {
    if (code == wanted) return wanted;
    if (wrapped && errorReply.find(" -" + std::string(wanted) + ' ') != std::string_view::npos) return wanted;
  }
  return {};
}

}  // namespace

std::string_view codeOf(std::string_view errorReply) { return errorReply.substr(0, errorReply.find(' ')); }

Error scriptError(std::string_view errorReply) {
  return {ErrorKind::kScript, std::string(codeOf(errorReply)), std::string(errorReply)};
}

std::string_view unusableServer(std::string_view errorReply, bool inCluster) {
  if (errorReply.starts_with(kDemoted)) return kUnblocked;
  const std::string_view unusable = findCode(errorReply, kUnusable);
  return unusable.empty() && inCluster ? findCode(errorReply, kUnusableInCluster) : unusable;
}

bool refusedForNow(std::string_view errorReply) { return !findCode(errorReply, kRefusedForNow).empty(); }

std::optional<Address> movedTo(std::string_view errorReply) {
  constexpr std::string_view kMoved = "MOVED ";
  if (!errorReply.starts_with(kMoved)) return std::nullopt;
  const std::string_view place = errorReply.substr(errorReply.rfind(' ') + 1);
  const size_t colon = place.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;

  const char* end = place.data() + place.size();
  uint32_t port = 0;
  const auto [last, error] = std::from_chars(place.data() + colon + 1, end, port);
  if (error != std::errc() || last != end || !isPort(port)) return std::nullopt;
  const std::string_view host = place.substr(0, colon);
  // `?`: a node that prefers to be called by a name, and has none.
  return Address{std::string(host == "?" ? "" : host), static_cast<uint16_t>(port)};
}

}  // namespace aurochs::redis
