#include "redis_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "redis/command.h"
#include "redis/reply_reader.h"

namespace aurochs::test {

namespace {

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "RedisServer: %s: %s\n", what.c_str(), std::strerror(errno));
  std::abort();
}

std::string written(redis::ReplyView reply) {
  switch (reply.type()) {
    case redis::ReplyType::kNil:
      return "(nil)";
    case redis::ReplyType::kInteger:
      return std::to_string(reply.integer());
    case redis::ReplyType::kArray: {
      std::string text = "[";
      redis::ReplyView element = reply.first();
      for (size_t i = 0; i < reply.size(); ++i, element = element.next()) {
        text += (i == 0 ? "" : " ") + written(element);
      }
      return text + ']';
    }
    default:
      return std::string(reply.text());
  }
}

}  // namespace

uint16_t freePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    die("no free port");
  }
  close(fd);
  return ntohs(address.sin_port);
}

RedisServer::RedisServer(std::vector<std::string> options) : options_(std::move(options)) {
  char directory[] = "/tmp/aurochs-redis-XXXXXX";
  if (mkdtemp(directory) == nullptr) die("mkdtemp");
  directory_ = directory;
  constexpr int kTries = 10;  // another process may take the port first
  for (int i = 0; i < kTries; ++i) {
    port_ = freePort();
    if (launch()) return;
  }
  die("redis-server does not start (is it installed?)");
}

RedisServer::~RedisServer() {
  process_.kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

redis::Endpoint RedisServer::tcp() const {
  redis::Endpoint endpoint;
  endpoint.port = port_;
  return endpoint;
}

redis::Endpoint RedisServer::unixSocket() const {
  redis::Endpoint endpoint;
  endpoint.path = directory_ + "/socket";
  return endpoint;
}

void RedisServer::start() {
  if (!launch()) die("redis-server does not start again");
}

bool RedisServer::launch() {
  std::vector<std::string> args = {"redis-server",
                                   "--port",
                                   std::to_string(port_),
                                   "--bind",
                                   "127.0.0.1",
                                   "--unixsocket",
                                   unixSocket().path,
                                   "--dir",
                                   directory_,
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "no",
                                   "--daemonize",
                                   "no"};
  args.insert(args.end(), options_.begin(), options_.end());
  return process_.start(std::move(args), "The server is now ready to accept connections at");
}

std::string RedisServer::run(std::vector<std::string> args) const { return runOver(unixSocket().path, args); }

std::string runOver(const std::string& path, const std::vector<std::string>& args) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("connect");

  std::string command;
  const std::vector<std::string_view> views(args.begin(), args.end());
  if (!redis::appendCommand(command, views)) die("command");
  for (size_t sent = 0; sent < command.size();) {
    const ssize_t count = ::send(fd, command.data() + sent, command.size() - sent, MSG_NOSIGNAL);
    if (count < 0) die("send");
    sent += static_cast<size_t>(count);
  }
  redis::ReplyReader reader;
  for (;;) {
    const auto reply = reader.next();
    if (!reply) die("reply: " + reply.error().message);
    if (reply.value()) {
      close(fd);
      return written(*reply.value());
    }
    char buffer[4096];
    const ssize_t count = recv(fd, buffer, sizeof buffer, 0);
    if (count <= 0) die("recv");
    reader.feed({buffer, static_cast<size_t>(count)});
  }
}

}  // namespace aurochs::test
