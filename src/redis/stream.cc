#include "redis/stream.h"

#include "redis/socket.h"
#include "redis/tls_stream.h"

namespace aurochs::redis {

std::unique_ptr<Stream> openStream(uv_loop_t* loop, const Endpoint& endpoint, Stream::Listener* listener) {
  if (endpoint.tls) return std::make_unique<TlsStream>(loop, endpoint, listener);
  return std::make_unique<Socket>(loop, listener);
}

}  // namespace aurochs::redis
