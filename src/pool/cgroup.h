// How much CPU time Linux control groups (v1 and v2) grant this process.
// Plain functions over text and files: any thread. Without cgroups there is no quota.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aurochs::pool {

/// CPU time per wall-clock time, in cores (`150000 100000` → 1.5); nothing if unlimited or not understood.
/// @param text the content of cgroup v2's `cpu.max`.
std::optional<double> parseCpuMax(std::string_view text);

/// The same from cgroup v1's `cpu.cfs_quota_us` and `cpu.cfs_period_us`.
std::optional<double> parseCfsQuota(std::string_view quota, std::string_view period);

/// The tightest quota of the process's own group and of every group above it, in cores.
/// @param membership the content of /proc/self/cgroup. @param mount where the hierarchies are: /sys/fs/cgroup.
std::optional<double> cgroupCpuQuota(std::string_view membership, const std::string& mount);

}  // namespace aurochs::pool
