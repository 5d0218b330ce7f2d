// fib(n) the slow way, as a native processor. Runs on a thread of the native pool, never on the event loop.
// Data {"n":40}, result {"n":40,"value":102334155,"ms":251.3}.
#include <aurochs/processor.hpp>
#include <chrono>
#include <cstdio>

static long slowFib(int n) { return n < 2 ? n : slowFib(n - 1) + slowFib(n - 2); }

AUROCHS_CPP_PROCESSOR(fib) {
  int n = 0;
  if (std::sscanf(job.data().data(), "{\"n\":%d}", &n) != 1 || n < 0 || n > 50) {
    throw aurochs::Unrecoverable("the data must be {\"n\": 0 to 50}");
  }

  const auto start = std::chrono::steady_clock::now();
  const long value = slowFib(n);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;

  char json[96];
  std::snprintf(json, sizeof json, R"({"n":%d,"value":%ld,"ms":%.1f})", n, value, took.count());
  return json;
}
