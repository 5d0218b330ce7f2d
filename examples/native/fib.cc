// A CPU-bound processor in C++: job data {"n": 40} → 102334155. Slow on purpose.
#include <aurochs/processor.hpp>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

// One number doesn't need a JSON library. A processor with richer data should use one.
int readN(std::string_view json) {
  constexpr std::string_view key = "\"n\":";
  int n = -1;
  if (const auto at = json.find(key); at != std::string_view::npos) {
    json.remove_prefix(at + key.size());
    while (!json.empty() && json.front() == ' ') json.remove_prefix(1);
    std::from_chars(json.data(), json.data() + json.size(), n);
  }
  if (n < 0 || n > 60) throw aurochs::Unrecoverable("data must be {\"n\": a number from 0 to 60}");
  return n;
}

std::uint64_t fib(const aurochs::Job &job, int n) {
  if (n < 2) return static_cast<std::uint64_t>(n);
  // Asked at every 25th level only: about once a millisecond, which costs nothing that can be measured.
  if (n % 25 == 0 && job.cancelled()) throw std::runtime_error("cancelled");
  return fib(job, n - 1) + fib(job, n - 2);
}

}  // namespace

AUROCHS_CPP_PROCESSOR(fib) {
  const int n = readN(job.data());
  if (n < 2) return std::to_string(n);
  const std::uint64_t larger = fib(job, n - 1);
  job.progress("62");  // per cent: the share of the larger half
  return std::to_string(larger + fib(job, n - 2));
}
