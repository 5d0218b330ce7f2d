// TLS over a unix socket, behind which something ends TLS for Redis: there is no host to hold a certificate against.
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

#include "redis_fixture.h"
#include "redis_tls_peer.h"
#include "redis_tls_server.h"

namespace aurochs::test {
namespace {

using redis::Endpoint;

/// A process of its own that answers whatever it is sent with +PONG, one client after the other.
class UnixTlsServer {
 public:
  explicit UnixTlsServer(const Identity& identity) : peer_(identity, [](auto) { return "+PONG\r\n"; }) {
    char directory[] = "/tmp/aurochs-tls-XXXXXX";
    EXPECT_NE(mkdtemp(directory), nullptr);
    directory_ = directory;
    const int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(listening, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listening, 8), 0);
    pid_ = fork();
    if (pid_ == 0) serve(listening);
    close(listening);
  }
  ~UnixTlsServer() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(directory_);
  }
  UnixTlsServer(const UnixTlsServer&) = delete;
  UnixTlsServer& operator=(const UnixTlsServer&) = delete;

  [[nodiscard]] std::string path() const { return directory_ + "/socket"; }

 private:
  [[noreturn]] void serve(int listening) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const FakeServer::Respond respond = peer_.respond();
    for (;;) {
      const int client = accept(listening, nullptr, nullptr);
      (void)respond("");
      char buffer[4096];
      for (ssize_t count; (count = recv(client, buffer, sizeof buffer, 0)) > 0;) {
        const std::string reply = respond({buffer, static_cast<size_t>(count)});
        (void)!send(client, reply.data(), reply.size(), MSG_NOSIGNAL);
      }
      close(client);
    }
  }

  TlsPeer peer_;
  std::string directory_;
  pid_t pid_ = 0;
};

class RedisTlsUnix : public RedisConnectionTest {};

TEST_F(RedisTlsUnix, TakesACertificateForAnyNameUnlessOneIsGiven) {
  const CertificateAuthority authority;
  const UnixTlsServer server(authority.issue({.names = "DNS:redis.example.com"}));
  Endpoint endpoint;
  endpoint.path = server.path();
  for (const char* name : {"", "redis.example.com"}) {
    endpoint.tls = contextOf({.ca = authority.cert(), .servername = name});
    connectAndWait(endpoint);
    EXPECT_EQ(ask({"PING"}).text, "PONG");
    closeAndWait();
  }
  EXPECT_TRUE(listener_.errors.empty());

  endpoint.tls = contextOf({.ca = authority.cert(), .servername = "other.example.com"});
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(listener_.errors[0].code, "ERR_TLS_CERT_ALTNAME_INVALID");
  EXPECT_NE(listener_.errors[0].message.find("TLS with " + server.path()), std::string::npos);
  closeAndWait();

  endpoint.tls = contextOf({.ca = CertificateAuthority("Other").cert()});
  listener_.errors.clear();
  connectTo(endpoint);
  ASSERT_TRUE(runUntil([&] { return !listener_.errors.empty(); }));
  EXPECT_EQ(listener_.errors[0].code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
}

}  // namespace
}  // namespace aurochs::test
