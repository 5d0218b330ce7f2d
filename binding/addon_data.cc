#include "binding/addon_data.h"

#include <utility>

#include "binding/seat_handle.h"
#include "binding/worker_handle.h"

namespace aurochs::binding {

AddonData::AddonData(Napi::Env env) : inbox_(EnvInbox::create(env)) {}

void AddonData::install(Napi::Env env) {
  auto* data = new AddonData(env);
  env.SetInstanceData<AddonData>(data);
  // An asynchronous hook: the environment goes on until the inbox's handle is closed.
  napi_async_cleanup_hook_handle unused;
  napi_add_async_cleanup_hook(
      env,
      [](napi_async_cleanup_hook_handle hook, void* doomed) {
        static_cast<AddonData*>(doomed)->tearDown([hook] { napi_remove_async_cleanup_hook(hook); });
      },
      data, &unused);
}

void AddonData::tearDown(std::function<void()> done) {
  inbox_->kill(std::move(done));
  for (SeatHandle* seat : std::exchange(seats_, {})) seat->abandon();
  // Waits for the I/O thread only, which never waits for JavaScript or for a processor.
  for (WorkerHandle* worker : std::exchange(workers_, {})) worker->abandon();
}

}  // namespace aurochs::binding
