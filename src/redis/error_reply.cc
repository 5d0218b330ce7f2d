#include "redis/error_reply.h"

#include <array>
#include <string>

namespace aurochs::redis {

namespace {
constexpr std::array<std::string_view, 3> kUnusable = {"READONLY", "LOADING", "MASTERDOWN"};
}

std::string_view codeOf(std::string_view errorReply) { return errorReply.substr(0, errorReply.find(' ')); }

Error scriptError(std::string_view errorReply) {
  return {ErrorKind::kScript, std::string(codeOf(errorReply)), std::string(errorReply)};
}

std::string_view unusableServer(std::string_view errorReply) {
  const std::string_view code = codeOf(errorReply);
  const bool wrapped = errorReply.starts_with("ERR Error running script");
  for (std::string_view unusable : kUnusable) {
    if (code == unusable) return unusable;
    if (wrapped && errorReply.find(" -" + std::string(unusable) + ' ') != std::string_view::npos) return unusable;
  }
  return {};
}

}  // namespace aurochs::redis
