// Native processors in C++17: an exception fails the attempt, the returned string is the result as JSON.
// Header-only, on top of aurochs/processor.h, whose rules for threads and ownership hold here too.
// SPDX-License-Identifier: MIT
//
//   #include <aurochs/processor.hpp>
//
//   AUROCHS_CPP_PROCESSOR(fib) {
//     if (job.data().empty()) throw aurochs::Unrecoverable("no data");
//     job.log("started");
//     return "42";
//   }
#pragma once

#include <cstdint>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "processor.h"

namespace aurochs {
// Inline and named by the ABI version, so that libraries built with different versions of this header can live in one
// process, beside an engine that has a namespace `aurochs` of its own.
inline namespace processor_v1 {

/// Throw it to fail the attempt for good: no retry, however many attempts the job has left.
class Unrecoverable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One attempt of one job. Valid until the processor returns; any thread may call it until then.
class Job {
 public:
  Job(aurochs_job *job, const aurochs_api *api) : job_(job), api_(api) {}
  Job(const Job &) = delete;
  Job &operator=(const Job &) = delete;

  // Views of texts that live until the processor returns; each is followed by a NUL.
  [[nodiscard]] std::string_view id() const { return api_->id(job_); }
  [[nodiscard]] std::string_view name() const { return api_->name(job_); }
  [[nodiscard]] std::string_view queue() const { return api_->queue(job_); }

  /// The job's data as JSON text.
  [[nodiscard]] std::string_view data() const {
    std::size_t length = 0;
    const char *text = api_->data(job_, &length);
    return {text, length};
  }

  /// Attempts made before this one: 0 the first time.
  [[nodiscard]] std::int64_t attemptsMade() const { return api_->attempts_made(job_); }

  /// True once the job should stop. Cheap: ask often, then throw or return.
  [[nodiscard]] bool cancelled() const { return api_->cancelled(job_) != 0; }

  /// Sets the job's progress, any JSON value. @throws std::invalid_argument if `json` is none.
  /// @returns false if nothing is stored, because calls come faster than Redis takes them (AUROCHS_BUSY).
  bool progress(std::string_view json) { return accepted(api_->progress(job_, json.data(), json.size()), "progress"); }

  /// Appends a row of plain text to the job's log. @returns false as progress() does: the row is not stored.
  bool log(std::string_view row) { return accepted(api_->log(job_, row.data(), row.size()), "log"); }

 private:
  static bool accepted(int status, const char *function) {
    if (status == AUROCHS_OK) return true;
    if (status == AUROCHS_BUSY) return false;
    if (status == AUROCHS_NO_MEMORY) throw std::bad_alloc();
    throw std::invalid_argument(std::string("job.") + function + "() was given " +
                                (status == AUROCHS_BAD_JSON ? "text that is not valid JSON" : "a bad argument"));
  }

  aurochs_job *job_;
  const aurochs_api *api_;
};

/// What AUROCHS_CPP_PROCESSOR wraps around a body. No exception leaves the library.
inline int runProcessor(aurochs_job *job, const aurochs_api *api, std::string (*body)(Job &)) noexcept {
  try {
    Job view(job, api);
    const std::string result = body(view);
    if (result.empty()) return AUROCHS_OK;
    return api->succeed(job, result.data(), result.size());
  } catch (const Unrecoverable &error) {
    return api->fail(job, error.what(), AUROCHS_UNRECOVERABLE);
  } catch (const std::exception &error) {
    return api->fail(job, error.what(), 0);
  } catch (...) {
    return api->fail(job, "the processor threw something that is not a std::exception", 0);
  }
}

}  // namespace processor_v1
}  // namespace aurochs

/// Defines the processor `symbol`: a body with the parameter `aurochs::Job &job` that returns std::string, the result
/// as JSON; an empty string completes with null. At namespace scope only.
#define AUROCHS_CPP_PROCESSOR(symbol)                                                                          \
  static std::string aurochs_body_##symbol(::aurochs::processor_v1::Job &);                                    \
  AUROCHS_PROCESSOR(symbol) { return ::aurochs::processor_v1::runProcessor(job, api, aurochs_body_##symbol); } \
  static std::string aurochs_body_##symbol([[maybe_unused]] ::aurochs::processor_v1::Job &job)
