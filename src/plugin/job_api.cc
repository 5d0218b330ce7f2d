#include "plugin/job_api.h"

#include <cstring>
#include <new>
#include <string>
#include <string_view>

#include "plugin/json_text.h"

namespace aurochs::plugin {
namespace {

using pool::Outcome;

/// The callers are C: whatever goes wrong here becomes a status.
template <typename Body>
int guarded(Body body) noexcept {
  try {
    return body();
  } catch (...) {
    return AUROCHS_NO_MEMORY;
  }
}

std::string_view view(const char* text, size_t length) {
  return length == AUROCHS_AUTO_LENGTH ? std::string_view(text) : std::string_view(text, length);
}

void setOutcome(aurochs_job& job, Outcome outcome) {
  MutexLock lock(job.mutex);
  job.outcome = std::move(outcome);
}

const char* id(const aurochs_job* job) { return job ? job->input.id.c_str() : nullptr; }
const char* name(const aurochs_job* job) { return job ? job->input.name.c_str() : nullptr; }
const char* queue(const aurochs_job* job) { return job ? job->input.queue.c_str() : nullptr; }

const char* data(const aurochs_job* job, size_t* length) {
  if (length) *length = job ? job->input.data.size() : 0;
  return job ? job->input.data.c_str() : nullptr;
}

int64_t attemptsMade(const aurochs_job* job) { return job ? job->input.attemptsMade : AUROCHS_BAD_ARGUMENT; }

int cancelled(const aurochs_job* job) {
  if (!job) return AUROCHS_BAD_ARGUMENT;
  return job->cancelled.load(std::memory_order_relaxed) ? 1 : 0;
}

int progress(aurochs_job* job, const char* json, size_t length) {
  return guarded([&] {
    if (!job || !json) return AUROCHS_BAD_ARGUMENT;
    const std::string_view text = view(json, length);
    if (!isJson(text)) return AUROCHS_BAD_JSON;
    return job->sink.progress(std::string(text)) ? AUROCHS_OK : AUROCHS_BUSY;
  });
}

int log(aurochs_job* job, const char* row, size_t length) {
  return guarded([&] {
    if (!job || (!row && length > 0)) return AUROCHS_BAD_ARGUMENT;
    return job->sink.log(row ? std::string(view(row, length)) : std::string()) ? AUROCHS_OK : AUROCHS_BUSY;
  });
}

int succeed(aurochs_job* job, const char* json, size_t length) {
  return guarded([&] {
    if (!job) return AUROCHS_BAD_ARGUMENT;
    if (!json) {
      setOutcome(*job, Outcome::failure("the processor called succeed() without a result (NULL)"));
      return AUROCHS_BAD_ARGUMENT;
    }
    const std::string_view text = view(json, length);
    if (!isJson(text)) {
      setOutcome(*job, Outcome::failure("the processor's result is not valid JSON: " + excerpt(text)));
      return AUROCHS_BAD_JSON;
    }
    setOutcome(*job, Outcome::success(std::string(text)));
    return AUROCHS_OK;
  });
}

int fail(aurochs_job* job, const char* message, uint32_t flags) {
  return guarded([&] {
    if (!job) return AUROCHS_BAD_ARGUMENT;
    const bool unrecoverable = (flags & AUROCHS_UNRECOVERABLE) != 0;
    setOutcome(*job, Outcome::failure(message ? message : "the processor failed without a message", unrecoverable));
    return message && (flags & ~AUROCHS_UNRECOVERABLE) == 0 ? AUROCHS_OK : AUROCHS_BAD_ARGUMENT;
  });
}

constexpr aurochs_api kApi = {
    .abi_version = AUROCHS_ABI_VERSION,
    .size = sizeof(aurochs_api),
    .id = id,
    .name = name,
    .queue = queue,
    .data = data,
    .attempts_made = attemptsMade,
    .cancelled = cancelled,
    .progress = progress,
    .log = log,
    .succeed = succeed,
    .fail = fail,
};

}  // namespace

const aurochs_api& jobApi() { return kApi; }

}  // namespace aurochs::plugin
