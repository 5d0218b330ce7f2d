// The locators and what they make of any answer: of Sentinels about a master, of a cluster's nodes about its slots.
// Servers are logged in to at once, so that what the fuzzer says is an answer.
#include <cstdint>
#include <memory>
#include <string_view>

#include "check.h"
#include "endpoints.h"
#include "fake_network.h"
#include "redis/error_reply.h"
#include "redis/known_servers.h"
#include "redis/locator.h"
#include "script.h"

namespace aurochs::fuzz {
namespace {

struct Asking {
  int starts = 0;
  int answers = 0;
};

void start(redis::Locator& locator, Asking& asking) {
  asking.answers = asking.starts++;  // a new one drops the handler of the last
  locator.start([&asking, number = asking.starts](const Result<redis::Address>& found) {
    FUZZ_CHECK(number == asking.starts && ++asking.answers == number);
    if (found) {
      FUZZ_CHECK(!found.value().host.empty() && found.value().port != 0);
    } else {
      FUZZ_CHECK(found.error().kind == ErrorKind::kConnection && !found.error().message.empty());
    }
  });
  FUZZ_CHECK(asking.answers < asking.starts);
}

/// Events beside the network's:  `g` asks again   `k` cancels   `m` is redirected, by what the server says next
void run(std::string_view input) {
  Network network;
  network.greeting = "+PONG\r\n";
  Asking asking;
  {
    const auto locator = makeLocator(network.loop(), endpointOf(input[0] == 's' ? 's' : 'c'));
    start(*locator, asking);
    bool redirected = false;
    for (Script script(input.substr(1)); !script.atEnd();) {
      const Script::Step step = script.next();
      if (step.event == 'g') {
        start(*locator, asking);
      } else if (step.event == 'k') {
        locator->cancel();
        asking.answers = asking.starts;
      } else if (step.event == 'm') {
        redirected = true;
      } else if (step.event == Script::kSay && redirected) {
        redirected = false;
        const auto address = redis::movedTo(step.said);
        if (address) locator->redirect(*address);
      } else {
        network.play(step);
      }
    }
  }
  asking.starts = -1;  // no handler may be called
}

}  // namespace
}  // namespace aurochs::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0) aurochs::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
