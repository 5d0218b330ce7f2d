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
  for (const Napi::Object& one : objects(from, name)) to.push_back(address(one));
  return to;
}

redis::NatMap natMap(const Napi::Object& from) {
  redis::NatMap to;
  const Napi::Object map = object(from, "natMap");
  if (map.IsEmpty()) return to;
  const Napi::Array names = map.GetPropertyNames();
  if (names.IsEmpty()) return to;
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = names.Get(i).IsString() ? names.Get(i).As<Napi::String>().Utf8Value() : std::string();
    to.emplace(name, address(object(map, name.c_str())));
  }
  return to;
}

Result<Tls> tls(const Napi::Object& from) {
  const Napi::Object given = object(from, "tls");
  if (given.IsEmpty()) return Tls();
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
  const Napi::Value list = field(from, "ms");
  if (!list.IsArray()) return to;
  const Napi::Array ms = list.As<Napi::Array>();
  for (uint32_t i = 0; i < ms.Length(); ++i) {
    const Napi::Value one = ms.Get(i);
    to.ms.push_back(one.IsNumber() ? one.As<Napi::Number>().Uint32Value() : 0);
  }
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
  if (const auto limit = static_cast<uint32_t>(integer(from, "commandTimeout"))) {
    to.commandTimeoutMs = to.busyTimeoutMs = limit;
  }
  to.keepAliveMs = static_cast<uint32_t>(integer(from, "keepAlive"));
  to.noDelay = boolean(from, "noDelay");
  Result<Tls> context = tls(from);
  if (!context) return std::move(context.error());
  to.tls = std::move(context.value());
  if (const Napi::Object given = object(from, "retryDelays"); !given.IsEmpty()) to.retryDelays = retryDelays(given);
  if (const Napi::Object given = object(from, "sentinels"); !given.IsEmpty()) {
    auto known = sentinels(given);
    if (!known) return std::move(known.error());
    to.sentinels = std::move(known.value());
  }
  if (const Napi::Object given = object(from, "cluster"); !given.IsEmpty()) to.cluster = cluster(given, key);
  return to;
}

}  // namespace aurochs::binding
