#include "binding/addon_data.h"

#include "binding/worker_handle.h"

namespace aurochs::binding {

AddonData::AddonData(Napi::Env env) : inbox_(EnvInbox::create(env)) {}

void AddonData::install(Napi::Env env) {
  auto* data = new AddonData(env);
  env.SetInstanceData<AddonData>(data);
  // Hooks run last-in first-out: registered behind the thread-safe function, this one runs before its finalizer.
  env.AddCleanupHook([](AddonData* doomed) { doomed->tearDown(); }, data);
}

void AddonData::tearDown() {
  inbox_->kill();
  // Waits for the I/O thread only, which never waits for JavaScript or for a processor.
  for (WorkerHandle* worker : std::exchange(workers_, {})) worker->abandon();
}

}  // namespace aurochs::binding
