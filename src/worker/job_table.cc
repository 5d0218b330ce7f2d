#include "worker/job_table.h"

#include <cassert>

namespace aurochs::worker {

namespace {
constexpr unsigned kSlotBits = 21;
constexpr JobHandle kSlotMask = (JobHandle{1} << kSlotBits) - 1;
}  // namespace

size_t JobTable::slotOf(JobHandle handle) { return handle & kSlotMask; }

JobHandle JobTable::handleOf(size_t slot) const {
  return (JobHandle{slots_[slot].generation} << kSlotBits) | JobHandle{slot};
}

JobHandle JobTable::claim() {
  size_t slot = slots_.size();
  if (free_.empty()) {
    assert(slot <= kSlotMask);
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot].state = JobState::kRunning;
  ++count_;
  return handleOf(slot);
}

Job* JobTable::find(JobHandle handle) {
  const size_t slot = slotOf(handle);
  if (slot >= slots_.size()) return nullptr;
  Job& job = slots_[slot];
  if (job.state == JobState::kFree || job.generation != handle >> kSlotBits) return nullptr;
  return &job;
}

void JobTable::release(JobHandle handle) {
  Job* job = find(handle);
  assert(job != nullptr);
  const uint32_t generation = job->generation + 1;
  *job = Job{};
  job->generation = generation;
  free_.push_back(slotOf(handle));
  --count_;
}

void JobTable::clear() {
  forEach([this](JobHandle handle, Job&) { release(handle); });
}

}  // namespace aurochs::worker
