// The links that several Connections use: one for each endpoint's identity on each loop.
// I/O thread only.
#pragma once

#include <memory>

#include "redis/link.h"

namespace aurochs::redis {

/// The link of this endpoint that is open already, or a new one.
std::shared_ptr<Link> sharedLink(uv_loop_t* loop, Endpoint endpoint);

}  // namespace aurochs::redis
