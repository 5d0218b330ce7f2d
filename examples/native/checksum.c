/* Two processors in one C library: CRC-32 and FNV-1a of a file. Job data: the file's path, as a JSON string. */
#include <aurochs/processor.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef uint32_t (*step)(uint32_t state, const unsigned char *bytes, size_t length);

static uint32_t crc32_step(uint32_t state, const unsigned char *bytes, size_t length) {
  for (size_t i = 0; i < length; ++i) {
    state ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) state = (state >> 1) ^ (0xEDB88320u & (0u - (state & 1u)));
  }
  return state;
}

static uint32_t fnv1a_step(uint32_t state, const unsigned char *bytes, size_t length) {
  for (size_t i = 0; i < length; ++i) state = (state ^ bytes[i]) * 16777619u;
  return state;
}

/* `"…"` without its quotes. A path with escapes in it would need a JSON library; it is refused. */
static int read_path(const char *json, size_t length, char *path, size_t capacity) {
  if (length < 3 || length - 1 > capacity || json[0] != '"' || json[length - 1] != '"') return 0;
  memcpy(path, json + 1, length - 2);
  path[length - 2] = '\0';
  return strchr(path, '\\') == NULL;
}

static int checksum(aurochs_job *job, const aurochs_api *api, step update, uint32_t state, uint32_t final_xor) {
  char path[4096];
  size_t length = 0;
  const char *data = api->data(job, &length);
  if (!read_path(data, length, path, sizeof path)) {
    return api->fail(job, "data must be a file's path, as a JSON string", AUROCHS_UNRECOVERABLE);
  }
  FILE *file = fopen(path, "rb");
  if (!file) return api->fail(job, "the file can't be opened", 0);

  unsigned char block[64 * 1024];
  size_t read = 0;
  while (!api->cancelled(job) && (read = fread(block, 1, sizeof block, file)) > 0) state = update(state, block, read);
  const int failed = ferror(file);
  fclose(file);
  if (api->cancelled(job)) return api->fail(job, "cancelled", 0);
  if (failed) return api->fail(job, "the file can't be read", 0);

  char result[16];
  const int written = snprintf(result, sizeof result, "\"%08" PRIx32 "\"", state ^ final_xor);
  return api->succeed(job, result, (size_t)written);
}

AUROCHS_PROCESSOR(checksum_crc32) { return checksum(job, api, crc32_step, 0xFFFFFFFFu, 0xFFFFFFFFu); }

AUROCHS_PROCESSOR(checksum_fnv1a) { return checksum(job, api, fnv1a_step, 2166136261u, 0); }
