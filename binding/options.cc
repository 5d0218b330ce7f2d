#include "binding/options.h"

#include <utility>

#include "binding/endpoint.h"
#include "binding/fields.h"
#include "binding/processor_handle.h"

namespace aurochs::binding {

namespace {

nlohmann::json json(const Napi::Object& from, const char* name) {
  const Napi::Value value = field(from, name);
  return value.IsString() ? nlohmann::json::parse(value.As<Napi::String>().Utf8Value(), nullptr, false)
                          : nlohmann::json();
}

redis::Script script(const Napi::Object& from, const char* name) {
  const Napi::Object entry = object(from, name);
  return {name, text(entry, "sha1"), text(entry, "source"), static_cast<int>(integer(entry, "keys"))};
}

std::shared_ptr<const protocol::Scripts> scripts(const Napi::Object& from) {
  return std::make_shared<const protocol::Scripts>(
      protocol::Scripts{script(from, "moveToActive"), script(from, "moveToFinished"), script(from, "extendLocks"),
                        script(from, "moveStalledJobsToWait"), script(from, "updateProgress"), script(from, "addLog")});
}

worker::Route route(const Napi::Object& from) {
  worker::Route to;
  to.name = text(from, "name");
  to.threadGroup = text(from, "threadGroup");
  to.idleTimeoutMs = integer(from, "idleThreadTimeout");
  to.maxJobsPerThread = static_cast<size_t>(integer(from, "maxJobsPerThread"));
  to.concurrency = static_cast<size_t>(integer(from, "concurrency"));
  to.timeLimitMs = integer(from, "timeLimit");
  to.softTimeLimitMs = integer(from, "softTimeLimit");
  const Napi::Value processor = field(from, "processor");
  if (processor.IsObject()) to.processor = ProcessorHandle::Unwrap(processor.As<Napi::Object>())->processor();
  return to;
}

}  // namespace

Result<worker::Options> toWorkerOptions(const Napi::Object& from) {
  worker::Options to;
  const Napi::Object connection = object(from, "endpoint");
  to.queue = text(from, "queue");
  to.prefix = text(from, "prefix");
  to.id = text(from, "id");
  Result<redis::Endpoint> endpoint = toEndpoint(connection, to.prefix + ':' + to.queue + ':');
  if (!endpoint) {
    Error error = std::move(endpoint.error());
    error.message = "Worker for queue '" + to.queue + "': connection." + error.message;
    return error;
  }
  to.commandEndpoint = endpoint.value();
  to.commandEndpoint.connectionName = text(connection, "commandName");
  to.blockingEndpoint = std::move(endpoint.value());
  to.blockingEndpoint.connectionName = text(connection, "blockingName");
  to.scripts = scripts(object(from, "scripts"));
  to.settings.workerName = text(from, "name");
  to.settings.lockDurationMs = integer(from, "lockDuration");
  to.settings.limiter = json(from, "limiter");
  to.settings.keepCompleted = json(from, "removeOnComplete");
  to.settings.maxMetricsSize = integer(from, "maxMetricsSize");
  to.lockRenewTimeMs = integer(from, "lockRenewTime");
  to.skipLockRenewal = boolean(from, "skipLockRenewal");
  to.stalledIntervalMs = integer(from, "stalledInterval");
  to.maxStalledCount = integer(from, "maxStalledCount");
  to.skipStalledCheck = boolean(from, "skipStalledCheck");
  to.maxStartedAttempts = integer(from, "maxStartedAttempts");
  to.drainDelayMs = integer(from, "drainDelay");
  to.maximumRateLimitDelayMs = integer(from, "maximumRateLimitDelay");
  to.runRetryDelayMs = integer(from, "runRetryDelay");
  to.batching = boolean(from, "batching");
  to.maxLoopLagMs = integer(from, "maxLoopLag");
  to.routes.clear();
  for (const Napi::Object& one : objects(from, "routes")) to.routes.push_back(route(one));
  return to;
}

std::shared_ptr<const protocol::JobHash> toJobHash(const Napi::Array& flat) {
  auto hash = std::make_shared<protocol::JobHash>();
  for (uint32_t i = 0; i + 1 < flat.Length(); i += 2) {
    const Napi::Value name = flat[i];
    const Napi::Value value = flat[i + 1];
    hash->add(name.As<Napi::String>().Utf8Value(), value.As<Napi::String>().Utf8Value());
  }
  return hash;
}

}  // namespace aurochs::binding
