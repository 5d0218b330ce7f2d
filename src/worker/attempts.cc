#include "worker/cancel_registry.h"

namespace aurochs::worker {

CancelRegistry::Flag CancelRegistry::add(const std::string& id) {
  Flag flag = std::make_shared<std::atomic<bool>>(false);
  MutexLock lock(mutex_);
  flags_.emplace(id, flag);
  return flag;
}

void CancelRegistry::remove(const std::string& id, const Flag& flag) {
  MutexLock lock(mutex_);
  const auto [first, last] = flags_.equal_range(id);
  for (auto entry = first; entry != last; ++entry) {
    if (entry->second != flag) continue;
    flags_.erase(entry);
    return;
  }
}

bool CancelRegistry::cancel(const std::string& id) {
  MutexLock lock(mutex_);
  const auto [first, last] = flags_.equal_range(id);
  for (auto entry = first; entry != last; ++entry) entry->second->store(true);
  return first != last;
}

void CancelRegistry::cancelAll() {
  MutexLock lock(mutex_);
  for (const auto& [id, flag] : flags_) flag->store(true);
}

}  // namespace aurochs::worker
