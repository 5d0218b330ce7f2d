#include "redis/shared_links.h"

#include <map>
#include <string>
#include <utility>

namespace aurochs::redis {

std::shared_ptr<Link> sharedLink(uv_loop_t* loop, Endpoint endpoint) {
  // Of this thread, as its loops are: nothing is shared across threads, and there is nothing to tear down.
  thread_local std::map<std::pair<uv_loop_t*, std::string>, std::weak_ptr<Link>> links;
  std::erase_if(links, [](const auto& entry) { return entry.second.expired(); });

  std::weak_ptr<Link>& known = links[{loop, identityOf(endpoint)}];
  std::shared_ptr<Link> link = known.lock();
  if (!link || link->closed()) {
    link = std::make_shared<Link>(loop, std::move(endpoint));
    known = link;
  }
  return link;
}

}  // namespace aurochs::redis
