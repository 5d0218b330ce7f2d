// What runs a job on a native thread, seen from the worker loop: a job goes in, an Outcome comes out.
// run() is called on pool threads, several at once; owned by shared_ptr, so a library outlives its jobs.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace aurochs::pool {

/// The read-only view that a processor gets. `data` is the job's JSON text.
struct JobInput {
  std::string id;
  std::string name;
  std::string queue;
  std::string data;
  int64_t attemptsMade = 0;
};

struct Outcome {
  bool completed = true;
  std::string value = "null";  ///< completed: the result as valid JSON; failed: the reason.
  bool unrecoverable = false;  ///< failed: no retry, whatever the job's attempts (BullMQ's UnrecoverableError).

  static Outcome success(std::string json) { return {true, std::move(json), false}; }
  static Outcome failure(std::string reason, bool unrecoverable = false) {
    return {false, std::move(reason), unrecoverable};
  }
};

/// Where a running job's progress (JSON) and log rows go. Any thread; doesn't block.
/// False: too many of the job's calls are still on their way to Redis (the limit is 1,024), and nothing was stored.
class JobSink {
 public:
  virtual ~JobSink() = default;
  virtual bool progress(std::string json) = 0;
  virtual bool log(std::string row) = 0;
};

class Processor {
 public:
  virtual ~Processor() = default;
  /// Runs one attempt to its end; never throws. `cancelled` turns true when somebody wants it to stop.
  virtual Outcome run(const JobInput& job, const std::atomic<bool>& cancelled, JobSink& sink) const = 0;
  /// `symbol (path)`: for stack traces and messages.
  [[nodiscard]] virtual std::string describe() const = 0;
};

}  // namespace aurochs::pool
