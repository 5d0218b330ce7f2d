#include "pool/cgroup.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <vector>

namespace aurochs::pool {
namespace {

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<double> parseRatio(std::string_view quota, std::string_view period) {
  const auto microseconds = [](std::string_view digits) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
  };
  const int64_t granted = microseconds(quota);
  const int64_t of = microseconds(period);
  if (granted <= 0 || of <= 0) return std::nullopt;  // `max` in v2, -1 in v1
  return static_cast<double>(granted) / static_cast<double>(of);
}

std::string readFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::optional<double> tighter(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

/// Asks `quotaOf` for `group` and every group above it, up to the hierarchy's root. In a container the host's path may
/// not exist below the mount; then its root is the container's own group, which this reaches as well.
template <typename QuotaOf>
std::optional<double> tightestUpwards(std::string_view group, const std::string& root, QuotaOf quotaOf) {
  if (group.find("/..") != std::string_view::npos) group = {};  // above what this process can see
  std::optional<double> quota;
  for (std::string path(group);;) {
    quota = tighter(quota, quotaOf(root + path));
    if (path.empty()) return quota;
    path.resize(std::min(path.rfind('/'), path.size() - 1));
  }
}

std::optional<double> quotaV2(const std::string& folder) { return parseCpuMax(readFile(folder + "/cpu.max")); }

std::optional<double> quotaV1(const std::string& folder) {
  return parseCfsQuota(readFile(folder + "/cpu.cfs_quota_us"), readFile(folder + "/cpu.cfs_period_us"));
}

}  // namespace

std::optional<double> parseCpuMax(std::string_view text) {
  const auto fields = split(text, " \n");
  if (fields.size() != 2) return std::nullopt;
  return parseRatio(fields[0], fields[1]);
}

std::optional<double> parseCfsQuota(std::string_view quota, std::string_view period) {
  const auto quotas = split(quota, " \n");
  const auto periods = split(period, " \n");
  if (quotas.size() != 1 || periods.size() != 1) return std::nullopt;
  return parseRatio(quotas[0], periods[0]);
}

std::optional<double> cgroupCpuQuota(std::string_view membership, const std::string& mount) {
  std::optional<double> quota;
  for (const std::string_view line : split(membership, "\n")) {
    // `hierarchy:controllers:/group`; the group may contain colons.
    const size_t first = line.find(':');
    const size_t second = line.find(':', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string_view group = line.substr(second + 1);

    if (controllers.empty()) {
      quota = tighter(quota, tightestUpwards(group, mount, quotaV2));
      continue;
    }
    const auto names = split(controllers, ",");
    if (std::find(names.begin(), names.end(), "cpu") == names.end()) continue;
    // Mounted under the controllers' names, joined or alone; distributions link the one to the other.
    quota = tighter(quota, tightestUpwards(group, mount + "/" + std::string(controllers), quotaV1));
    if (names.size() > 1) quota = tighter(quota, tightestUpwards(group, mount + "/cpu", quotaV1));
  }
  return quota;
}

}  // namespace aurochs::pool
