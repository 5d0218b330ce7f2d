// Arithmetic that holds its thread: `rounds` steps, each of which needs the one before. The same in burn.cjs.
#include <aurochs/processor.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

AUROCHS_PROCESSOR(burn) {
  const char *rounds = std::strstr(api->data(job, nullptr), "\"rounds\":");
  if (!rounds) return api->fail(job, "no rounds in the job's data", AUROCHS_UNRECOVERABLE);
  std::uint32_t x = 1;
  for (long i = std::atol(rounds + 9); i > 0; i--) x = x * 1664525u + 1013904223u;
  char result[16];
  std::snprintf(result, sizeof result, "%d", static_cast<std::int32_t>(x));
  return api->succeed(job, result, AUROCHS_AUTO_LENGTH);
}
