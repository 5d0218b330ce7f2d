#include "binding/tls_contexts.h"

#include <map>
#include <string>

#include "base/mutex.h"
#include "binding/fields.h"

namespace aurochs::binding {

namespace {

class Contexts {
 public:
  std::shared_ptr<const redis::TlsContext> find(const std::string& id) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto found = contexts_.find(id);
    return found == contexts_.end() ? nullptr : found->second.lock();
  }

  void keep(const std::string& id, const std::shared_ptr<const redis::TlsContext>& context) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    std::erase_if(contexts_, [](const auto& entry) { return entry.second.expired(); });
    contexts_[id] = context;
  }

 private:
  Mutex mutex_;
  std::map<std::string, std::weak_ptr<const redis::TlsContext>> contexts_ GUARDED_BY(mutex_);
};

// Never destroyed: threads may outlive the statics.
Contexts& contexts() {
  static auto* contexts = new Contexts();
  return *contexts;
}

}  // namespace

Result<std::shared_ptr<const redis::TlsContext>> tlsContext(const Napi::Object& from) {
  const std::string id = text(from, "id");
  if (auto known = contexts().find(id)) return known;
  redis::TlsOptions options;
  options.ca = text(from, "ca");
  options.cert = text(from, "cert");
  options.key = text(from, "key");
  options.passphrase = text(from, "passphrase");
  options.servername = text(from, "servername");
  options.minVersion = text(from, "minVersion");
  options.maxVersion = text(from, "maxVersion");
  options.ciphers = text(from, "ciphers");
  options.rejectUnauthorized = boolean(from, "rejectUnauthorized");
  auto made = redis::TlsContext::create(options);
  if (made) contexts().keep(id, made.value());
  return made;
}

}  // namespace aurochs::binding
