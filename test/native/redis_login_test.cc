// What comes before a connection is ready: AUTH, CLIENT SETNAME, SELECT, and servers that aren't ready yet.
#include <memory>
#include <string>

#include "redis_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

using redis::Endpoint;

class RedisLogin : public RedisConnectionTest {};

TEST_F(RedisLogin, WithThePassword) {
  RedisServer server({"--requirepass", "secret word"});
  Endpoint endpoint = server.tcp();
  endpoint.password = "secret word";
  connectAndWait(endpoint);
  EXPECT_EQ(ask({"SET", "key", "value"}).text, "OK");
}

TEST_F(RedisLogin, WithAWrongPasswordItTriesAgainUntilItIsRight) {
  RedisServer server({"--requirepass", "secret"});
  Endpoint endpoint = server.tcp();
  endpoint.password = "wrong";
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return listener_.errors.size() == 2; }));
  EXPECT_EQ(listener_.ready, 0);
  const Error& error = listener_.errors[0];
  EXPECT_EQ(error.kind, ErrorKind::kConnection);
  EXPECT_EQ(error.code, "WRONGPASS");
  EXPECT_NE(error.message.find("127.0.0.1:" + std::to_string(server.port())), std::string::npos) << error.message;
  EXPECT_NE(error.message.find("refused AUTH"), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find("wrong\""), std::string::npos) << "the password must not be told";
}

TEST_F(RedisLogin, WithoutThePasswordItSaysNoauth) {
  RedisServer server({"--requirepass", "secret"});
  connectTo(server.tcp());
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(listener_.errors[0].code, "NOAUTH");
  EXPECT_EQ(listener_.ready, 0);
}

TEST_F(RedisLogin, APasswordThatTheServerDoesNotWantIsTolerated) {
  RedisServer server;
  Endpoint endpoint = server.tcp();
  endpoint.password = "superfluous";
  connectAndWait(endpoint);
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisLogin, AsAnAclUser) {
  RedisServer server;
  ASSERT_EQ(server.run({"ACL", "SETUSER", "bull", "on", ">secret", "~*", "+@all"}), "OK");
  Endpoint endpoint = server.tcp();
  endpoint.username = "bull";
  endpoint.password = "secret";
  connectAndWait(endpoint);
  EXPECT_EQ(ask({"ACL", "WHOAMI"}).text, "bull");
}

TEST_F(RedisLogin, AsAnAclUserWithAWrongPassword) {
  RedisServer server;
  ASSERT_EQ(server.run({"ACL", "SETUSER", "bull", "on", ">secret", "~*", "+@all"}), "OK");
  Endpoint endpoint = server.tcp();
  endpoint.username = "bull";
  endpoint.password = "wrong";
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(listener_.errors[0].code, "WRONGPASS");
}

TEST_F(RedisLogin, SelectsTheDatabase) {
  RedisServer server;
  Endpoint endpoint = server.tcp();
  endpoint.db = 3;
  connectAndWait(endpoint);
  EXPECT_NE(ask({"CLIENT", "INFO"}).text.find(" db=3 "), std::string::npos);
}

TEST_F(RedisLogin, ADatabaseThatDoesNotExistIsAnError) {
  RedisServer server;
  Endpoint endpoint = server.tcp();
  endpoint.db = 99;
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(listener_.errors[0].code, "ERR");
  EXPECT_NE(listener_.errors[0].message.find("refused SELECT"), std::string::npos) << listener_.errors[0].message;
}

TEST_F(RedisLogin, SetsItsName) {
  RedisServer server;
  Endpoint endpoint = server.tcp();
  endpoint.connectionName = "bull:worker";
  connectAndWait(endpoint);
  EXPECT_EQ(ask({"CLIENT", "GETNAME"}).text, "bull:worker");
}

TEST_F(RedisLogin, ANameThatIsRefusedIsTolerated) {
  RedisServer server;
  ASSERT_EQ(server.run({"ACL", "SETUSER", "bull", "on", ">secret", "~*", "+@all", "-client|setname", "-ping"}), "OK");
  Endpoint endpoint = server.tcp();
  endpoint.username = "bull";
  endpoint.password = "secret";
  endpoint.connectionName = "bull:worker";
  endpoint.db = 1;
  connectAndWait(endpoint);
  EXPECT_NE(ask({"CLIENT", "INFO"}).text.find(" db=1 "), std::string::npos);
  EXPECT_EQ(ask({"CLIENT", "GETNAME"}).text, "");
  EXPECT_TRUE(listener_.errors.empty());
}

TEST_F(RedisLogin, WaitsWhileTheServerLoads) {
  int loads = 0;
  FakeServer server(&loop_, [&](std::string_view received) -> std::string {
    if (received.empty()) return "";
    return ++loads <= 2 ? "-LOADING Redis is loading the dataset in memory\r\n" : "+PONG\r\n";
  });
  connectAndWait(server.endpoint());
  ASSERT_EQ(listener_.errors.size(), 2u);
  EXPECT_EQ(listener_.errors[0].kind, ErrorKind::kConnection);
  EXPECT_EQ(listener_.errors[0].code, "LOADING");
  EXPECT_EQ(server.clients(), 3);
}

TEST_F(RedisLogin, SaysWhyTheServerHungUp) {
  FakeServer server(&loop_, [](std::string_view received) -> std::string {
    if (!received.empty()) return "";
    return "-ERR max number of clients reached\r\n" + std::string(FakeServer::kHangUp);
  });
  Endpoint endpoint = server.endpoint();
  endpoint.connectionName = "bull:worker";  // the refusal looks like the answer to the name
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_NE(listener_.errors[0].message.find("max number of clients reached"), std::string::npos)
      << listener_.errors[0].message;
}

TEST_F(RedisLogin, AServerThatNeverAnswersTimesOut) {
  FakeServer server(&loop_, [](std::string_view) { return ""; });
  Endpoint endpoint = server.endpoint();
  endpoint.connectTimeoutMs = 50;
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return listener_.errors.size() == 2; }));
  EXPECT_EQ(listener_.errors[0].code, "ETIMEDOUT");
  EXPECT_NE(listener_.errors[0].message.find("logging in"), std::string::npos) << listener_.errors[0].message;
}

// A Sentinel that takes the server for a master.
class RedisLoginAtAMaster : public RedisConnectionTest {
 protected:
  Endpoint named(const RedisServer& server) {
    redis::Sentinels sentinels;
    sentinels.addresses = {{"127.0.0.1", sentinel_.endpoint().port}};
    sentinels.name = "bull";
    master_ = std::to_string(server.port());
    Endpoint endpoint = server.tcp();
    endpoint.sentinels = std::make_shared<const redis::Sentinels>(sentinels);
    return endpoint;
  }

  std::string master_;
  FakeServer sentinel_{&loop_, [this](std::string_view received) -> std::string {
                         if (received.find("SENTINEL") == std::string_view::npos)
                           return received.empty() ? "" : "+PONG\r\n";
                         return "*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(master_.size()) + "\r\n" + master_ +
                                "\r\n";
                       }};
};

TEST_F(RedisLoginAtAMaster, IsRefusedByAReplicaUntilItIsAMaster) {
  RedisServer master;
  RedisServer replica({"--replicaof", "127.0.0.1 " + std::to_string(master.port())});
  connectTo(named(replica));
  ASSERT_TRUE(runUntil([&] { return listener_.errors.size() == 2; }));
  EXPECT_EQ(listener_.ready, 0);
  EXPECT_EQ(listener_.errors[0].kind, ErrorKind::kConnection);
  EXPECT_EQ(listener_.errors[0].code, "READONLY");
  EXPECT_NE(listener_.errors[0].message.find("is still a replica"), std::string::npos) << listener_.errors[0].message;
  replica.run({"REPLICAOF", "NO", "ONE"});
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
  EXPECT_EQ(ask({"SET", "key", "value"}).text, "OK");
}

TEST_F(RedisLoginAtAMaster, SucceedsForWhoMayNotAskForTheRole) {
  RedisServer server;
  ASSERT_EQ(server.run({"ACL", "SETUSER", "bull", "on", ">secret", "~*", "+@all", "-role"}), "OK");
  Endpoint endpoint = named(server);
  endpoint.username = "bull";
  endpoint.password = "secret";
  connectAndWait(endpoint);
  EXPECT_TRUE(listener_.errors.empty());
}

}  // namespace
}  // namespace aurochs::test
