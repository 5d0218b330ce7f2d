// All state that one JavaScript environment has in the addon; freed with the environment. No JavaScript value lives
// in a global. The environment's own thread only.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <unordered_set>

#include "binding/env_inbox.h"

namespace aurochs::binding {

class SeatHandle;
class WorkerHandle;

class AddonData {
 public:
  /// Creates the data, and the hook that tears it down before the environment goes.
  static void install(Napi::Env env);
  static AddonData& of(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }

  explicit AddonData(Napi::Env env);

  [[nodiscard]] const std::shared_ptr<EnvInbox>& inbox() const { return inbox_; }
  Target nextTarget() { return ++lastTarget_; }

  /// Workers that are closed by force when the environment goes.
  void add(WorkerHandle* worker) { workers_.insert(worker); }
  void remove(WorkerHandle* worker) { workers_.erase(worker); }
  /// Seats of this thread, which are left when it goes.
  void add(SeatHandle* seat) { seats_.insert(seat); }
  void remove(SeatHandle* seat) { seats_.erase(seat); }

 private:
  void tearDown(std::function<void()> done);

  std::shared_ptr<EnvInbox> inbox_;
  std::unordered_set<WorkerHandle*> workers_;
  std::unordered_set<SeatHandle*> seats_;
  Target lastTarget_ = 0;
};

}  // namespace aurochs::binding
