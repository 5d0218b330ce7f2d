// What error replies mean for a connection, in a cluster and elsewhere.
#include <gtest/gtest.h>

#include "redis/error_reply.h"

namespace aurochs::redis {
namespace {

TEST(ErrorReply, TellsServersThatCanDoNothingJustNow) {
  EXPECT_EQ(unusableServer("NOREPLICAS Not enough good replicas to write."), "NOREPLICAS");
  EXPECT_EQ(unusableServer("BUSY Redis is busy running a script. You can only call SCRIPT KILL"), "BUSY");
  EXPECT_EQ(unusableServer("BUSYGROUP Consumer Group name already exists"), "");
  EXPECT_EQ(unusableServer("UNBLOCKED force unblock from blocking operation, instance state changed (master -> "
                           "replica?)"),
            "UNBLOCKED");
}

TEST(ErrorReply, TellsSlotsThatAreElsewhereOnlyInACluster) {
  for (const char* reply :
       {"MOVED 3999 127.0.0.1:6381", "ASK 3999 127.0.0.1:6381",
        "TRYAGAIN Multiple keys request during rehashing of slot", "CLUSTERDOWN The cluster is down",
        "ERR Error running script (call to f_1): @user_script:1: -CLUSTERDOWN The cluster is"}) {
    EXPECT_EQ(unusableServer(reply), "") << reply;
    EXPECT_NE(unusableServer(reply, true), "") << reply;
  }
  EXPECT_EQ(unusableServer("READONLY You can't write against a read only replica.", true), "READONLY");
  EXPECT_EQ(unusableServer("CROSSSLOT Keys in request don't hash to the same slot", true), "");
}

TEST(ErrorReply, TellsWhereASlotIs) {
  EXPECT_EQ(movedTo("MOVED 3999 127.0.0.1:6381"), (Address{"127.0.0.1", 6381}));
  EXPECT_EQ(movedTo("MOVED 3999 redis.example:6381"), (Address{"redis.example", 6381}));
  EXPECT_EQ(movedTo("MOVED 3999 ::1:6381"), (Address{"::1", 6381}));
  EXPECT_EQ(movedTo("MOVED 3999 :6381"), (Address{"", 6381}));
  EXPECT_EQ(movedTo("MOVED 3999 ?:6381"), (Address{"", 6381}));
  for (const char* reply :
       {"MOVED", "MOVED 3999", "MOVED 3999 host", "MOVED 3999 host:", "MOVED 3999 host:0", "MOVED 3999 host:65536",
        "MOVED 3999 host:63x", "MOVED 3999 host:-1", "ASK 3999 127.0.0.1:6381", "MOVEDON 3999 127.0.0.1:6381", ""}) {
    EXPECT_EQ(movedTo(reply), std::nullopt) << reply;
  }
}

}  // namespace
}  // namespace aurochs::redis
