// A job's `opts` and other JSON that comes from outside: what BullMQ's scripts are told of it is always MessagePack
// that they can read, with the token in it.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "check.h"
#include "plugin/json_text.h"
#include "protocol/keep_jobs.h"
#include "protocol/script_options.h"

namespace aurochs::fuzz {
namespace {

using nlohmann::json;

constexpr std::string_view kToken = "0123456789abcdef0123456789abcdef:17";

bool isUtf8(std::string_view text) {
  return json::accept('"' + [&] {
    std::string printable;
    for (const char c : text) {
      const bool quoted = c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
      printable += quoted ? ' ' : c;
    }
    return printable;
  }() + '"');
}

void readOptions(std::string_view text, const protocol::ScriptSettings& settings) {
  protocol::ScriptOptions options(settings);
  const protocol::FinishOptions& finish = options.finish(text);
  const json told = json::from_msgpack(finish.moveToFinished.withToken(kToken));
  FUZZ_CHECK(told.at("token") == kToken && told.at("lockDuration") == settings.lockDurationMs);
  FUZZ_CHECK(told.at("fpof").is_boolean() && told.contains("attempts"));
  // What our own script is told is what BullMQ's is told.
  FUZZ_CHECK(finish.keepJobs == protocol::KeepJobs::fromJson(told.at("keepJobs")));
  // From the cache, the same.
  FUZZ_CHECK(json::from_msgpack(options.finish(text).moveToFinished.withToken(kToken)) == told);
  FUZZ_CHECK(json::from_msgpack(options.moveToActive(kToken)).at("token") == kToken);
}

}  // namespace
}  // namespace aurochs::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aurochs;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fuzz::readOptions(text, {});
  fuzz::readOptions(text, {"worker", 1000, fuzz::json{{"max", 1}, {"duration", 10}}, fuzz::json{{"count", 3}}, 60});
  const std::string rows = protocol::keepLogs(text);
  FUZZ_CHECK(rows.empty() || fuzz::json::parse(rows).is_number());

  const bool accepted = plugin::isJson(text);
  FUZZ_CHECK(!accepted || !fuzz::json::parse(text).is_discarded());
  const std::string excerpt = plugin::excerpt(text);
  FUZZ_CHECK(excerpt.size() <= 2 * 80 + 5);
  FUZZ_CHECK(!fuzz::isUtf8(text) || fuzz::isUtf8(excerpt));
  return 0;
}
