// Fails where the job's data say so: `once`, its first attempt, or `always`.
#include <aurochs/processor.h>

#include <cstring>

AUROCHS_PROCESSOR(fail) {
  const char* const data = api->data(job, nullptr);
  const bool once = std::strstr(data, "\"once\"") != nullptr && api->attempts_made(job) == 0;
  if (once || std::strstr(data, "\"always\"") != nullptr) return api->fail(job, "it fails", 0);
  return api->succeed(job, "null", 4);
}
