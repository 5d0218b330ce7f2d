// Whatever parses a reply: the handshake, the scripts' replies, a job's hash, what error replies mean. Each looks at
// each reply of the input.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "check.h"
#include "endpoints.h"
#include "protocol/finish_and_fetch.h"
#include "protocol/job_hash.h"
#include "protocol/next_job.h"
#include "redis/error_reply.h"
#include "redis/handshake.h"
#include "redis/known_servers.h"
#include "redis/reply_reader.h"

namespace aurochs::fuzz {
namespace {

using redis::ReplyView;

/// The handshakes of all kinds of endpoints at once, each begun again when it has ended.
class Handshakes {
 public:
  Handshakes() {
    for (const char kind : {'p', 'a', 'u', 's', 'c'}) {
      Running& running = all_[count_++];
      running.endpoint = endpointOf(kind);
      begin(running);
    }
  }

  void onReply(ReplyView reply) {
    for (Running& running : all_) {
      const Result<bool> ready = running.handshake.onReply(running.endpoint, reply);
      if (!ready) FUZZ_CHECK(ready.error().kind == ErrorKind::kConnection && !ready.error().message.empty());
      if (!ready || ready.value()) begin(running);
    }
  }

 private:
  struct Running {
    redis::Endpoint endpoint;
    redis::Handshake handshake;
  };
  static void begin(Running& running) {
    std::string output;
    FUZZ_CHECK(running.handshake.start(running.endpoint, output) && !output.empty());
  }

  Running all_[5];
  size_t count_ = 0;
};

void readHash(const protocol::JobHash& hash, size_t fields) {
  FUZZ_CHECK(hash.size() == fields);
  size_t bytes = 0;
  for (size_t i = 0; i < hash.size(); ++i) {
    const protocol::JobHash::Field field = hash.at(i);
    bytes += field.name.size() + field.value.size();
    FUZZ_CHECK(hash.has(field.name) == !hash.get(field.name).empty());
    (void)hash.integer(field.name);
  }
  FUZZ_CHECK(bytes == hash.bytes());
}

void readNextJob(ReplyView reply) {
  const std::optional<protocol::NextJob> next = protocol::NextJob::fromReply(reply);
  if (!next) return;
  FUZZ_CHECK(next->code <= 0 && next->limitDelayMs >= 0 && next->delayUntilMs >= 0);
  if (next->hash) readHash(*next->hash, reply[0].size() / 2);
}

void readBatch(ReplyView reply, size_t jobs, size_t asked) {
  const auto batch = protocol::FinishAndFetchReply::from(reply, jobs, asked);
  if (!batch) return;
  FUZZ_CHECK(reply[0].isArray() && (reply[0].size() == jobs || reply[0].size() == 0));
  size_t codes = 0, fetched = 0;
  batch->forEachCode(jobs, [&](size_t i, int64_t) { FUZZ_CHECK(i == codes++); });
  batch->forEachFetched([&](std::string_view, ReplyView hash) {
    ++fetched;
    readHash(protocol::JobHash(hash), hash.size() / 2);
  });
  FUZZ_CHECK(codes == jobs && fetched == batch->fetched() && fetched <= asked);
  (void)batch->limitDelayMs();
  (void)batch->delayUntilMs();
}

void readError(std::string_view text) {
  const Error error = redis::scriptError(text);
  FUZZ_CHECK(error.message == text && text.starts_with(error.code));
  const std::string_view unusable = redis::unusableServer(text);
  // What makes a plain server unusable does so in a cluster.
  FUZZ_CHECK(unusable.empty() || redis::unusableServer(text, true) == unusable);
  (void)redis::refusedForNow(text);
  const std::optional<redis::Address> moved = redis::movedTo(text);
  FUZZ_CHECK(!moved || (redis::isPort(moved->port) && text.starts_with("MOVED ")));
}

}  // namespace
}  // namespace aurochs::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aurochs;
  redis::ReplyReader reader;
  reader.feed({reinterpret_cast<const char*>(data), size});
  fuzz::Handshakes handshakes;
  for (;;) {
    const auto next = reader.next();
    if (!next || !next.value()) return 0;
    const redis::ReplyView reply = *next.value();
    handshakes.onReply(reply);
    fuzz::readNextJob(reply);
    for (const size_t jobs : {0, 1, 3}) {
      for (const size_t asked : {0, 1, 2}) fuzz::readBatch(reply, jobs, asked);
    }
    if (reply.isArray()) fuzz::readHash(protocol::JobHash(reply), reply.size() / 2);
    if (!reply.text().empty()) fuzz::readError(reply.text());
  }
}
