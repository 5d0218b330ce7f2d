#include "redis/command.h"

#include <hiredis/hiredis.h>

#include <memory>
#include <vector>

namespace aurochs::redis {

namespace {
// hiredis counts in an int before 1.0.
constexpr size_t kMaxBytes = size_t{1} << 30;
constexpr size_t kOverheadBytes = 32;  // of one argument: `$<length>\r\n…\r\n`
}  // namespace

bool appendCommand(std::string& output, std::span<const std::string_view> args) {
  thread_local std::vector<const char*> data;
  thread_local std::vector<size_t> lengths;
  data.clear();
  lengths.clear();
  size_t total = 0;
  for (std::string_view arg : args) {
    if (arg.size() > kMaxBytes - total) return false;
    total += arg.size() + kOverheadBytes;
    if (total > kMaxBytes) return false;
    data.push_back(arg.empty() ? "" : arg.data());
    lengths.push_back(arg.size());
  }
  char* command = nullptr;
  const auto length = redisFormatCommandArgv(&command, static_cast<int>(args.size()), data.data(), lengths.data());
  if (length < 0) return false;
  const std::unique_ptr<char, void (*)(char*)> owned(command, redisFreeCommand);
  output.append(command, static_cast<size_t>(length));
  return true;
}

}  // namespace aurochs::redis
