#include "worker/cancel_registry.h"

namespace aurochs::worker {

CancelRegistry::Flag CancelRegistry::add(const std::string& id) {
  Flag flag = std::make_shared<std::atomic<bool>>(false);
  MutexLock lock(mutex_);
  flags_[id] = flag;
  return flag;
}

void CancelRegistry::remove(const std::string& id) {
  MutexLock lock(mutex_);
  flags_.erase(id);
}

bool CancelRegistry::cancel(const std::string& id) {
  MutexLock lock(mutex_);
  const auto found = flags_.find(id);
  if (found == flags_.end()) return false;
  found->second->store(true);
  return true;
}

void CancelRegistry::cancelAll() {
  MutexLock lock(mutex_);
  for (const auto& [id, flag] : flags_) flag->store(true);
}

}  // namespace aurochs::worker
