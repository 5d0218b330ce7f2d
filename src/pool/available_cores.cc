#include <uv.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include "pool/cgroup.h"
#include "pool/native_pool.h"

namespace aurochs::pool {

size_t availableCores() {
  const size_t allowed = std::max(1u, uv_available_parallelism());  // the affinity mask
  std::ifstream file("/proc/self/cgroup");
  const std::string membership{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto quota = cgroupCpuQuota(membership, "/sys/fs/cgroup");
  if (!quota) return allowed;
  // Rounded up: one thread can't use up a quota of 1.5 cores.
  return std::clamp<size_t>(static_cast<size_t>(std::ceil(std::min(*quota, 1e6))), 1, allowed);
}

}  // namespace aurochs::pool
