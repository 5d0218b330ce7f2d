#include "redis/stream.h"

#include "redis/socket.h"

namespace aurochs::redis {

std::unique_ptr<Stream> openStream(uv_loop_t* loop, const Endpoint&, Stream::Listener* listener) {
  return std::make_unique<Socket>(loop, listener);
}

}  // namespace aurochs::redis
