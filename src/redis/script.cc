#include "redis/script.h"

#include <memory>
#include <string_view>
#include <utility>

namespace aurochs::redis {

namespace {

void call(Connection& connection, std::string_view command, std::string_view body, int keyCount,
          const std::vector<std::string>& keysAndArguments, ReplyHandler handler) {
  const std::string keys = std::to_string(keyCount);
  std::vector<std::string_view> args;
  args.reserve(3 + keysAndArguments.size());
  args.insert(args.end(), {command, body, keys});
  args.insert(args.end(), keysAndArguments.begin(), keysAndArguments.end());
  connection.send(args, std::move(handler));
}

}  // namespace

void callScript(Connection& connection, const Script& script, std::vector<std::string> keysAndArguments,
                ReplyHandler handler) {
  // Kept for a second call.
  const auto kept = std::make_shared<const std::vector<std::string>>(std::move(keysAndArguments));
  call(connection, "EVALSHA", script.sha1, script.keyCount, *kept,
       [&connection, &script, kept, handler = std::move(handler)](Result<ReplyView> reply) mutable {
         const bool unknown = !reply && reply.error().kind == ErrorKind::kScript && reply.error().code == "NOSCRIPT";
         // No script of ours returns one.
         if (reply && reply.value().type() == ReplyType::kStatus) reply = connection.rejectReply(script.name);
         if (!unknown) return handler(std::move(reply));
         call(connection, "EVAL", script.source, script.keyCount, *kept, std::move(handler));
       });
}

}  // namespace aurochs::redis
