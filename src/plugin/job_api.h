// The engine's side of include/aurochs/processor.h: what an opaque aurochs_job is, and the table of functions.
// One per attempt, on the stack of the pool thread that runs it; any thread may use it until the processor returns.
#pragma once

#include <atomic>
#include <optional>

#include "aurochs/processor.h"
#include "base/mutex.h"
#include "pool/processor.h"

struct aurochs_job {
  const aurochs::pool::JobInput& input;
  const std::atomic<bool>& cancelled;
  aurochs::pool::JobSink& sink;

  aurochs::Mutex mutex{};
  /// What the last succeed() or fail() said.
  std::optional<aurochs::pool::Outcome> outcome GUARDED_BY(mutex) = std::nullopt;
};

namespace aurochs::plugin {

/// The table that every processor gets. None of its functions throws.
const aurochs_api& jobApi();

}  // namespace aurochs::plugin
