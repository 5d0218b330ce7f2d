// Returns what it was given. As text: a native processor that needs the values parses it as it likes.
#include <aurochs/processor.h>

AUROCHS_PROCESSOR(echo) {
  size_t length;
  const char *data = api->data(job, &length);
  return api->succeed(job, data, length);
}
