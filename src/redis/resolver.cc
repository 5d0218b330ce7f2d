#include "redis/resolver.h"

#include <cstring>
#include <memory>
#include <string>
#include <utility>

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

// Node calls every kind of 'there is no such name' ENOTFOUND.
std::string codeOf(int status) {
  return status == UV_EAI_NONAME || status == UV_EAI_NODATA ? "ENOTFOUND" : uv_err_name(status);
}

Error failure(int status, const std::string& host) {
  const std::string code = codeOf(status);
  return {ErrorKind::kConnection, code,
          "getaddrinfo " + code + ' ' + host + ": the host of Redis can't be resolved: " + uv_strerror(status)};
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

}  // namespace

struct Resolver::Request {
  uv_getaddrinfo_t uv;
  std::string host;
  Resolver* resolver;  // null once cancelled
  Handler handler;

  static void done(uv_getaddrinfo_t* uv, int status, addrinfo* list) {
    const std::unique_ptr<Request> request(static_cast<Request*>(uv->data));
    Addresses addresses = addressesOf(list);
    uv_freeaddrinfo(list);
    if (request->resolver == nullptr) return;
    request->resolver->request_ = nullptr;
    if (status == 0 && addresses.empty()) status = UV_EAI_NONAME;
    if (status == 0) {
      request->handler(std::move(addresses));
    } else {
      request->handler(failure(status, request->host));
    }
  }
};

void Resolver::start(uv_loop_t* loop, const Endpoint& endpoint, Handler handler) {
  cancel();
  sockaddr_storage literal;
  if (parseLiteral(endpoint, literal)) return handler(Addresses{literal});

  addrinfo hints;
  std::memset(&hints, 0, sizeof hints);
  hints.ai_family = endpoint.family == 4 ? AF_INET : endpoint.family == 6 ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  const std::string port = std::to_string(endpoint.port);

  auto request = std::make_unique<Request>();
  request->uv.data = request.get();
  request->host = endpoint.host;
  request->resolver = this;
  request->handler = std::move(handler);
  const int status = uv_getaddrinfo(loop, &request->uv, &Request::done, request->host.c_str(), port.c_str(), &hints);
  if (status == 0) {
    request_ = request.release();
  } else {
    request->handler(failure(status, endpoint.host));
  }
}

void Resolver::cancel() {
  Request* request = std::exchange(request_, nullptr);
  if (request == nullptr) return;
  request->resolver = nullptr;
  request->handler = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&request->uv));
}

}  // namespace aurochs::redis
