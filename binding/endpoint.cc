#include "binding/endpoint.h"

#include <utility>

#include "binding/fields.h"
#include "redis/key_slot.h"
#include "redis/tls_context.h"

namespace aurochs::binding {

namespace {

using Tls = std::shared_ptr<const redis::TlsContext>;

redis::Address address(const Napi::Object& from) {
  return {text(from, "host"), static_cast<uint16_t>(integer(from, "port"))};
}

std::vector<redis::Address> addresses(const Napi::Object& from, const char* name) {
  std::vector<redis::Address> to;
  const Napi::Array list = from.Get(name).As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) to.push_back(address(list.Get(i).As<Napi::Object>()));
  return to;
}

redis::NatMap natMap(const Napi::Object& from) {
  redis::NatMap to;
  if (!from.Get("natMap").IsObject()) return to;
  const Napi::Object map = from.Get("natMap").As<Napi::Object>();
  const Napi::Array names = map.GetPropertyNames();
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = names.Get(i).As<Napi::String>().Utf8Value();
    to.emplace(name, address(map.Get(name).As<Napi::Object>()));
  }
  return to;
}

Result<Tls> tls(const Napi::Object& from) {
  if (!from.Get("tls").IsObject()) return Tls();
  const Napi::Object given = from.Get("tls").As<Napi::Object>();
  redis::TlsOptions to;
  to.ca = text(given, "ca");
  to.cert = text(given, "cert");
  to.key = text(given, "key");
  to.passphrase = text(given, "passphrase");
  to.servername = text(given, "servername");
  to.minVersion = text(given, "minVersion");
  to.maxVersion = text(given, "maxVersion");
  to.ciphers = text(given, "ciphers");
  to.rejectUnauthorized = boolean(given, "rejectUnauthorized");
  return redis::TlsContext::create(to);
}

Result<std::shared_ptr<const redis::Sentinels>> sentinels(const Napi::Object& from) {
  auto to = std::make_shared<redis::Sentinels>();
  to->addresses = addresses(from, "addresses");
  to->name = text(from, "name");
  to->username = text(from, "username");
  to->password = text(from, "password");
  to->natMap = natMap(from);
  Result<Tls> context = tls(from);
  if (!context) {
    Error error = std::move(context.error());
    error.message += " (sentinelTLS)";
    return error;
  }
  to->tls = std::move(context.value());
  return std::shared_ptr<const redis::Sentinels>(std::move(to));
}

std::shared_ptr<const redis::Cluster> cluster(const Napi::Object& from, const std::string& key) {
  auto to = std::make_shared<redis::Cluster>();
  to->nodes = addresses(from, "nodes");
  to->slot = redis::keySlot(key);
  to->natMap = natMap(from);
  return to;
}

redis::RetryDelays retryDelays(const Napi::Object& from) {
  redis::RetryDelays to;
  const Napi::Array ms = from.Get("ms").As<Napi::Array>();
  for (uint32_t i = 0; i < ms.Length(); ++i) to.ms.push_back(ms.Get(i).As<Napi::Number>().Uint32Value());
  to.endless = boolean(from, "endless");
  return to;
}

}  // namespace

Result<redis::Endpoint> toEndpoint(const Napi::Object& from, const std::string& key) {
  redis::Endpoint to;
  to.host = text(from, "host");
  to.port = static_cast<uint16_t>(integer(from, "port"));
  to.path = text(from, "path");
  to.family = static_cast<int>(integer(from, "family"));
  to.username = text(from, "username");
  to.password = text(from, "password");
  to.db = static_cast<int>(integer(from, "db"));
  to.connectTimeoutMs = static_cast<uint32_t>(integer(from, "connectTimeout"));
  to.commandTimeoutMs = static_cast<uint32_t>(integer(from, "commandTimeout"));
  to.keepAliveMs = static_cast<uint32_t>(integer(from, "keepAlive"));
  to.noDelay = boolean(from, "noDelay");
  Result<Tls> context = tls(from);
  if (!context) return std::move(context.error());
  to.tls = std::move(context.value());
  if (from.Get("retryDelays").IsObject()) to.retryDelays = retryDelays(from.Get("retryDelays").As<Napi::Object>());
  if (from.Get("sentinels").IsObject()) {
    auto known = sentinels(from.Get("sentinels").As<Napi::Object>());
    if (!known) return std::move(known.error());
    to.sentinels = std::move(known.value());
  }
  if (from.Get("cluster").IsObject()) to.cluster = cluster(from.Get("cluster").As<Napi::Object>(), key);
  return to;
}

}  // namespace aurochs::binding
