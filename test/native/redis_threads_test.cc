// A connection on the I/O thread, driven from other threads as workers do.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "loop/io_thread.h"
#include "redis_fixture.h"
#include "redis_server.h"

namespace aurochs::test {
namespace {

TEST(RedisThreads, ConnectionsOfOneIoThread) {
  constexpr int kConnections = 4;
  constexpr int kCommands = 2000;
  RedisServer server;
  const std::shared_ptr<IoThread> thread = IoThread::shared().value();

  struct User : redis::ConnectionListener {
    std::unique_ptr<redis::Connection> connection;
    std::promise<void> finished;
    std::promise<void> closed;
    int answered = 0;  // I/O thread only
    void onReady() override {
      const std::vector<std::string_view> args = {"INCR", "counter"};
      for (int i = 0; i < kCommands; ++i) {
        connection->send(args, [this](Result<redis::ReplyView> reply) {
          EXPECT_TRUE(reply.ok());
          if (++answered == kCommands) finished.set_value();
        });
      }
    }
    void onDisconnect(const Error& error) override { ADD_FAILURE() << error.message; }
  };

  std::vector<User> users(kConnections);
  for (User& user : users) {
    thread->post([&user, thread = thread.get(), endpoint = server.tcp()] {
      user.connection = std::make_unique<redis::Connection>(thread->loop(), endpoint, &user);
      user.connection->connect();
    });
  }
  for (User& user : users) user.finished.get_future().wait();
  EXPECT_EQ(server.run({"GET", "counter"}), std::to_string(kConnections * kCommands));
  for (User& user : users) {
    thread->post([&user] {
      user.connection->close([&user] {
        user.connection.reset();
        user.closed.set_value();
      });
    });
  }
  for (User& user : users) user.closed.get_future().wait();
}

}  // namespace
}  // namespace aurochs::test
