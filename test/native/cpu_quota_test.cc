// Cores from cgroup files, on made-up hierarchies.
#include <gtest/gtest.h>
#include <uv.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "pool/cgroup.h"
#include "pool/native_pool.h"

namespace aurochs::pool {
namespace {

namespace fs = std::filesystem;

TEST(CpuQuotaText, CpuMax) {
  EXPECT_EQ(parseCpuMax("150000 100000\n"), 1.5);
  EXPECT_EQ(parseCpuMax("50000 100000"), 0.5);
  for (const char* text : {"max 100000\n", "", "100000", "0 100000", "100000 0", "-1 100000", "1e5 100000", "1 2 3"}) {
    EXPECT_FALSE(parseCpuMax(text)) << text;
  }
}

TEST(CpuQuotaText, CfsQuota) {
  EXPECT_EQ(parseCfsQuota("200000\n", "100000\n"), 2.0);
  EXPECT_FALSE(parseCfsQuota("-1\n", "100000\n"));
  EXPECT_FALSE(parseCfsQuota("", ""));
  EXPECT_FALSE(parseCfsQuota("1 2", "100000"));
}

class CpuQuota : public testing::Test {
 protected:
  void SetUp() override {
    mount_ = fs::path(testing::TempDir()) /
             ("aurochs-cgroup-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(mount_);
  }
  void TearDown() override { fs::remove_all(mount_); }

  void write(const std::string& file, const std::string& content) {
    const fs::path path = mount_ / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << content;
  }
  std::optional<double> quota(const std::string& membership) { return cgroupCpuQuota(membership, mount_.string()); }

  fs::path mount_;
};

TEST_F(CpuQuota, NoneWithoutFiles) {
  EXPECT_FALSE(quota(""));
  EXPECT_FALSE(quota("0::/\n"));
  EXPECT_FALSE(quota("0::/a/b\n1:cpu:/a\n"));
  EXPECT_FALSE(quota("nonsense\n1:cpu\n::\n"));
}

TEST_F(CpuQuota, V2OwnGroup) {
  write("apps/web/cpu.max", "250000 100000\n");
  EXPECT_EQ(quota("0::/apps/web\n"), 2.5);
}

TEST_F(CpuQuota, V2TheTightestParentCounts) {
  write("apps/web/cpu.max", "max 100000\n");
  write("apps/cpu.max", "100000 100000\n");
  write("cpu.max", "300000 100000\n");
  EXPECT_EQ(quota("0::/apps/web\n"), 1.0);
  EXPECT_EQ(quota("0::/other\n"), 3.0);
}

TEST_F(CpuQuota, V2InAContainerThatSeesTheHostsPath) {
  write("cpu.max", "200000 100000\n");
  EXPECT_EQ(quota("0::/kubepods/pod1/container2\n"), 2.0);
  EXPECT_EQ(quota("0::/../container2\n"), 2.0);
}

TEST_F(CpuQuota, AGroupsNameMayContainAColon) {
  write("a:b/cpu.max", "400000 100000\n");
  EXPECT_EQ(quota("0::/a:b\n"), 4.0);
}

TEST_F(CpuQuota, V1) {
  write("cpu,cpuacct/docker/x/cpu.cfs_quota_us", "150000\n");
  write("cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000\n");
  write("cpuset/docker/x/cpu.cfs_quota_us", "1\n");
  write("cpuset/docker/x/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota("9:cpuset:/docker/x\n4:cpu,cpuacct:/docker/x\n0::/\n"), 1.5);
}

TEST_F(CpuQuota, V1UnderTheControllersOwnName) {
  write("cpu/cpu.cfs_quota_us", "50000\n");
  write("cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota("4:cpu,cpuacct:/docker/x\n"), 0.5);
  EXPECT_EQ(quota("4:cpu:/\n"), 0.5);
  EXPECT_FALSE(quota("4:cpuacct:/\n"));
}

TEST(CpuCores, BetweenOneAndTheAffinityMask) {
  EXPECT_GE(availableCores(), 1u);
  EXPECT_LE(availableCores(), uv_available_parallelism());
}

}  // namespace
}  // namespace aurochs::pool
