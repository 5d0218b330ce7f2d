#include "worker/attempts.h"

namespace aurochs::worker {

std::shared_ptr<Attempt> Attempts::begin(JobHandle handle, const std::string& id) {
  const size_t index = JobTable::slotOf(handle);
  MutexLock lock(mutex_);
  if (index >= slots_.size()) slots_.resize(index + 1);
  Slot& slot = slots_[index];
  slot.running = true;
  slot.handle = handle;
  slot.id = id;
  if (slot.attempt == nullptr || slot.attempt.use_count() > 1) {
    slot.attempt = std::make_shared<Attempt>();
  } else {
    slot.attempt->cancelled = false;
    slot.attempt->stores = 0;
    slot.attempt->startedAtMs = Attempt::kUntimed;
  }
  return slot.attempt;
}

void Attempts::end(JobHandle handle) {
  const size_t index = JobTable::slotOf(handle);
  MutexLock lock(mutex_);
  if (index < slots_.size() && slots_[index].handle == handle) slots_[index].running = false;
}

bool Attempts::cancel(const std::string& id) {
  MutexLock lock(mutex_);
  bool any = false;
  for (const Slot& slot : slots_) {
    if (!slot.running || slot.id != id) continue;
    slot.attempt->cancelled = true;
    any = true;
  }
  return any;
}

void Attempts::cancelAll() {
  MutexLock lock(mutex_);
  for (const Slot& slot : slots_) {
    if (slot.running) slot.attempt->cancelled = true;
  }
}

}  // namespace aurochs::worker
