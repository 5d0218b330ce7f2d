/* The C ABI between Aurochs and a native processor: a shared library that runs jobs on the native thread pool.
 * C11 or C++11 and later; no dependency, nothing to link against. SPDX-License-Identifier: MIT
 *
 *   #include <aurochs/processor.h>
 *
 *   AUROCHS_PROCESSOR(answer) {
 *     return api->succeed(job, "42", AUROCHS_AUTO_LENGTH);
 *   }
 *
 *   cc -std=c11 -O2 -fPIC -shared -fvisibility=hidden -I <include> answer.c -o answer.so
 *   new Worker('questions', native('./answer.so'), { connection })
 *
 * A library may define any number of processors, in any number of source files.
 */
#ifndef AUROCHS_PROCESSOR_H
#define AUROCHS_PROCESSOR_H

#include <stddef.h>
#include <stdint.h>

/* The version of this interface. It rises by one whenever a function is appended to aurochs_api; nothing is ever
 * removed or reordered. Aurochs loads a processor that was built for its own version or an older one. */
#define AUROCHS_ABI_VERSION 1u

/* As a length: the text ends with a NUL. */
#define AUROCHS_AUTO_LENGTH SIZE_MAX

/* What the functions that take something return. */
#define AUROCHS_OK 0
#define AUROCHS_BAD_ARGUMENT (-1) /* A NULL pointer, an unknown flag. */
#define AUROCHS_BAD_JSON (-2)     /* The text is not one complete JSON value in UTF-8. */
#define AUROCHS_NO_MEMORY (-3)
#define AUROCHS_BUSY (-4) /* Too many of the job's progress() and log() calls are still on their way to Redis. */

/* A flag for fail(): no further attempt, however many the job has left. */
#define AUROCHS_UNRECOVERABLE 1u

#ifdef __cplusplus
extern "C" {
#endif

/* One attempt of one job. Opaque; valid until the processor returns, not a moment longer. */
typedef struct aurochs_job aurochs_job;

/* What a processor can ask and tell Aurochs. The table stays valid and unchanged until the process ends.
 *
 * Threads: a processor is called on a pool thread, and for several jobs at once. Until it returns, every function may
 * be called with its job on any thread, so on threads of its own too, which it joins before it returns.
 * None of them blocks or does I/O: what is told is handed over and written to Redis by another thread.
 *
 * Ownership: strings that are returned belong to the job, end with a NUL, and live until the processor returns; don't
 * free or change them. Strings that are passed in are copied before the function returns. All text is UTF-8; lengths
 * are in bytes and don't count a terminating NUL. */
typedef struct aurochs_api {
  /* The AUROCHS_ABI_VERSION of the running Aurochs: equal to or above the one that the library was built with. */
  uint32_t abi_version;
  /* The size of the running Aurochs's table, in bytes. */
  uint32_t size;

  /* The job's id, name and queue. NULL if `job` is NULL. */
  const char *(*id)(const aurochs_job *job);
  const char *(*name)(const aurochs_job *job);
  const char *(*queue)(const aurochs_job *job);

  /* The job's data as JSON text; its length goes to `*length` unless `length` is NULL. NULL if `job` is NULL. */
  const char *(*data)(const aurochs_job *job, size_t *length);

  /* How many attempts were made before this one: 0 the first time. */
  int64_t (*attempts_made)(const aurochs_job *job);

  /* Non-zero once the job should stop, for example because it was cancelled or its worker closes by force. Costs about
   * as much as reading a variable: ask often. Nothing stops a processor that doesn't ask. */
  int (*cancelled)(const aurochs_job *job);

  /* Sets the job's progress, any JSON value (`50`, `{"done":3,"of":9}`), and emits BullMQ's `progress` event.
   * AUROCHS_BAD_JSON: refused, nothing is stored.
   *
   * A job may have 1,024 calls of progress() and log() on their way to Redis. AUROCHS_BUSY: they are, and nothing of
   * this call is stored. Redis is slower than a loop: report every 100 ms or at every per cent, not at every step, and
   * this doesn't happen. The last value that was taken stays, so don't insist on one between; to make sure of one that
   * matters, repeat the call when some milliseconds have passed, as long as the job isn't cancelled. */
  int (*progress)(aurochs_job *job, const char *json, size_t length);

  /* Appends a row of plain text to the job's log. `row` may be NULL if `length` is 0. AUROCHS_BUSY: as with
   * progress(), the row is not stored. */
  int (*log)(aurochs_job *job, const char *row, size_t length);

  /* Sets the result, any JSON value, and completes the attempt once the processor returns 0. AUROCHS_BAD_JSON: the
   * attempt fails with a message that shows the text. */
  int (*succeed)(aurochs_job *job, const char *json, size_t length);

  /* Fails the attempt with `message`, which ends with a NUL. Flags: 0, for BullMQ's rules of attempts and backoff, or
   * AUROCHS_UNRECOVERABLE. The attempt fails even if an argument is refused (a NULL message, an unknown flag). */
  int (*fail)(aurochs_job *job, const char *message, uint32_t flags);

  /* succeed() and fail() don't end the processor: it returns when it is ready, and the last call of either counts. */
} aurochs_api;

/* A processor: runs one attempt to its end.
 * Returning 0 completes the attempt with the result of succeed(), with null if there was none, or fails it if fail()
 * was called last. Returning anything else fails the attempt: with the message of fail() if that was called last,
 * otherwise with "processor returned N". So `return api->succeed(…)` and `return api->fail(…)` do what they say. */
typedef int (*aurochs_processor)(aurochs_job *job, const aurochs_api *api);

#ifdef __cplusplus
}
#endif

#if defined(_WIN32)
#define AUROCHS_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define AUROCHS_EXPORT __attribute__((visibility("default")))
#else
#define AUROCHS_EXPORT
#endif

#if defined(__GNUC__)
#define AUROCHS_MAYBE_UNUSED __attribute__((unused))
#else
#define AUROCHS_MAYBE_UNUSED
#endif

#ifdef __cplusplus
#define AUROCHS_EXTERN_C extern "C"
#else
#define AUROCHS_EXTERN_C extern
#endif

/* Defines the processor `symbol`, with the parameters `job` and `api`:
 *
 *   AUROCHS_PROCESSOR(symbol) { … return 0; }
 *
 * Two symbols are exported: the function, and `aurochs_abi_<symbol>`, the uint32_t that holds the ABI version that it
 * was compiled for. Aurochs calls no function that has no such companion. At file or namespace scope only.
 *
 * In C++, an exception that leaves the body fails the attempt with its what(). That needs the library to share the C++
 * runtime with the process; aurochs/processor.hpp doesn't. */
#define AUROCHS_PROCESSOR(symbol)                                                 \
  AUROCHS_EXTERN_C AUROCHS_EXPORT const uint32_t aurochs_abi_##symbol;            \
  AUROCHS_EXTERN_C AUROCHS_EXPORT int symbol(aurochs_job *, const aurochs_api *); \
  const uint32_t aurochs_abi_##symbol = AUROCHS_ABI_VERSION;                      \
  int symbol(AUROCHS_MAYBE_UNUSED aurochs_job *job, AUROCHS_MAYBE_UNUSED const aurochs_api *api)

#endif
