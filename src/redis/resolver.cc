#include "redis/resolver.h"

#include <netdb.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/mutex.h"

namespace aurochs::redis {

namespace {

bool parseLiteral(const Endpoint& endpoint, sockaddr_storage& address) {
  std::memset(&address, 0, sizeof address);
  const char* host = endpoint.host.c_str();
  if (endpoint.family != 6 && uv_ip4_addr(host, endpoint.port, reinterpret_cast<sockaddr_in*>(&address)) == 0) {
    return true;
  }
  return endpoint.family != 4 && uv_ip6_addr(host, endpoint.port, reinterpret_cast<sockaddr_in6*>(&address)) == 0;
}

// Names as Node gives them: every kind of 'there is no such name' is ENOTFOUND.
const char* codeOf(int status) {
  switch (status) {
    case EAI_NONAME:
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
      return "ENOTFOUND";
    case EAI_AGAIN:
      return "EAI_AGAIN";
    case EAI_MEMORY:
      return "EAI_MEMORY";
    default:
      return "EAI_FAIL";
  }
}

Error failure(const std::string& code, const std::string& host, const std::string& why) {
  return {ErrorKind::kConnection, code,
          "getaddrinfo " + code + ' ' + host + ": the host of Redis can't be resolved: " + why};
}

Addresses addressesOf(const addrinfo* list) {
  Addresses addresses;
  for (; list != nullptr; list = list->ai_next) {
    if (list->ai_addrlen > sizeof(sockaddr_storage)) continue;
    sockaddr_storage address;
    std::memset(&address, 0, sizeof address);
    std::memcpy(&address, list->ai_addr, list->ai_addrlen);
    addresses.push_back(address);
  }
  return addresses;
}

// What of an endpoint a look-up needs: no password crosses threads.
struct Name {
  std::string host;
  uint16_t port;
  int family;
};

// Blocks; on the look-up's own thread.
Result<Addresses> lookUp(const Name& name) {
  addrinfo hints;
  std::memset(&hints, 0, sizeof hints);
  hints.ai_family = name.family == 4 ? AF_INET : name.family == 6 ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  const std::string port = std::to_string(name.port);
  addrinfo* list = nullptr;
  const int status = getaddrinfo(name.host.c_str(), port.c_str(), &hints, &list);
  if (status != 0) return failure(codeOf(status), name.host, gai_strerror(status));
  Addresses addresses = addressesOf(list);
  freeaddrinfo(list);
  if (addresses.empty()) return failure("ENOTFOUND", name.host, "it has no address");
  return addresses;
}

}  // namespace

// What the look-up's thread and the loop share; the thread may be the last to hold it.
struct Resolver::Lookup {
  explicit Lookup(Name of) : name(std::move(of)) {}

  const Name name;
  Mutex mutex;
  std::optional<Result<Addresses>> result GUARDED_BY(mutex);
  uv_async_t* done GUARDED_BY(mutex) = nullptr;  // null once nobody waits

  void run() {
    Result<Addresses> found = lookUp(name);
    MutexLock lock(mutex);
    if (done == nullptr) return;
    result = std::move(found);
    uv_async_send(done);  // under the mutex: the handle can't close meanwhile
  }
};

// The loop's side.
struct Resolver::Waiter {
  uv_async_t done;
  Resolver* resolver;
  Handler handler;
  std::shared_ptr<Lookup> lookup;

  static void onDone(uv_async_t* handle) {
    auto* self = static_cast<Waiter*>(handle->data);
    if (self->resolver == nullptr) return;
    std::optional<Result<Addresses>> result;
    {
      MutexLock lock(self->lookup->mutex);
      result = std::move(self->lookup->result);
    }
    if (!result) return;
    Handler handler = std::move(self->handler);
    self->resolver->cancel();
    handler(std::move(*result));  // may destroy the resolver
  }
};

void Resolver::start(uv_loop_t* loop, const Endpoint& endpoint, Handler handler) {
  cancel();
  sockaddr_storage literal;
  if (parseLiteral(endpoint, literal)) return handler(Addresses{literal});

  auto waiter = std::make_unique<Waiter>();
  if (const int status = uv_async_init(loop, &waiter->done, &Waiter::onDone)) {
    return handler(failure(uv_err_name(status), endpoint.host, uv_strerror(status)));
  }
  waiter_ = waiter.release();
  waiter_->done.data = waiter_;
  waiter_->resolver = this;
  waiter_->lookup = std::make_shared<Lookup>(Name{endpoint.host, endpoint.port, endpoint.family});
  {
    MutexLock lock(waiter_->lookup->mutex);
    waiter_->lookup->done = &waiter_->done;
  }
  try {
    // Detached, alone of all threads: nothing could end it early, and it touches nothing but its Lookup.
    std::thread([lookup = waiter_->lookup] { lookup->run(); }).detach();
  } catch (const std::system_error& error) {
    cancel();
    return handler(failure("EAGAIN", endpoint.host, error.what()));
  }
  waiter_->handler = std::move(handler);
}

void Resolver::cancel() {
  Waiter* waiter = std::exchange(waiter_, nullptr);
  if (waiter == nullptr) return;
  waiter->resolver = nullptr;
  waiter->handler = nullptr;
  {
    MutexLock lock(waiter->lookup->mutex);
    waiter->lookup->done = nullptr;
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&waiter->done),
           [](uv_handle_t* handle) { delete static_cast<Waiter*>(handle->data); });
}

}  // namespace aurochs::redis
