// How long ago the job was made, in µs, by the system's monotonic clock.
#include <aurochs/processor.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

AUROCHS_PROCESSOR(pickup) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const char *at = std::strstr(api->data(job, nullptr), "\"at\":");
  if (!at) return api->fail(job, "no time in the job's data", AUROCHS_UNRECOVERABLE);
  char result[32];
  std::snprintf(result, sizeof result, "%lld", now.tv_sec * 1000000LL + now.tv_nsec / 1000 - std::atoll(at + 5));
  return api->succeed(job, result, AUROCHS_AUTO_LENGTH);
}
