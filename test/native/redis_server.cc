#include "redis_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
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

// The child's side of fork(): calls nothing that allocates.
[[noreturn]] void execute(char* const* argv, int output) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(output, STDOUT_FILENO);
  execvp(argv[0], argv);
  _exit(127);
}

// redis-server's log says when it listens; its end, when it could not.
bool saysReady(int log) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = read(log, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.append(buffer, static_cast<size_t>(count));
    if (text.find("The server is now ready to accept connections at") != std::string::npos) return true;
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
  kill();
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

void RedisServer::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
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
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);

  int log[2];
  if (pipe2(log, O_CLOEXEC) != 0) die("pipe2");
  pid_ = fork();
  if (pid_ < 0) die("fork");
  if (pid_ == 0) execute(argv.data(), log[1]);
  close(log[1]);
  const bool ready = saysReady(log[0]);
  close(log[0]);  // what it logs from here on is lost: it ignores SIGPIPE
  if (!ready) kill();
  return ready;
}

std::string RedisServer::run(std::vector<std::string> args) const {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, unixSocket().path.c_str(), sizeof address.sun_path - 1);
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
