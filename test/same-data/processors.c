/* The native twin of byName() in scenario.ts: what to do stands in the job's name. */
#define _POSIX_C_SOURCE 200809L

#include <aurochs/processor.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int is(const aurochs_job *job, const aurochs_api *api, const char *name) {
  return strcmp(api->name(job), name) == 0;
}

AUROCHS_PROCESSOR(by_name) {
  /* No two jobs finish in the same ms, so that it is determined which are the oldest. */
  const struct timespec two_ms = {0, 2000000};
  nanosleep(&two_ms, NULL);
  char attempts[32];
  snprintf(attempts, sizeof attempts, "%lld", (long long)api->attempts_made(job));
  if (is(job, api, "echo")) {
    size_t length;
    const char *data = api->data(job, &length);
    return api->succeed(job, data, length);
  }
  if (is(job, api, "progress")) {
    api->progress(job, "50", AUROCHS_AUTO_LENGTH);
    api->progress(job, "{\"done\":2,\"of\":2}", AUROCHS_AUTO_LENGTH);
    return api->succeed(job, "\"done\"", AUROCHS_AUTO_LENGTH);
  }
  if (is(job, api, "log")) {
    api->log(job, "first row", AUROCHS_AUTO_LENGTH);
    api->log(job, "second row", AUROCHS_AUTO_LENGTH);
    return api->succeed(job, attempts, AUROCHS_AUTO_LENGTH);
  }
  if (is(job, api, "fail")) {
    return api->fail(job, "it failed", 0);
  }
  if (is(job, api, "flaky")) {
    if (api->attempts_made(job) < 1) {
      return api->fail(job, "not the first time", 0);
    }
    return api->succeed(job, attempts, AUROCHS_AUTO_LENGTH);
  }
  if (is(job, api, "unrecoverable")) {
    return api->fail(job, "never again", AUROCHS_UNRECOVERABLE);
  }
  return 0;
}
