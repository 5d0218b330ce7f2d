#include "redis_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace aurochs::test {

namespace {

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

// The log's end, when the process could not start.
bool says(int log, std::string_view ready) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = read(log, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.append(buffer, static_cast<size_t>(count));
    if (text.find(ready) != std::string::npos) return true;
  }
}

}  // namespace

bool RedisProcess::start(std::vector<std::string> args, std::string_view ready) {
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);

  int log[2];
  if (pipe2(log, O_CLOEXEC) != 0 || (pid_ = fork()) < 0) {
    std::perror("RedisProcess");
    std::abort();
  }
  if (pid_ == 0) execute(argv.data(), log[1]);
  close(log[1]);
  const bool started = says(log[0], ready);
  close(log[0]);  // what it logs from here on is lost: it ignores SIGPIPE
  if (!started) kill();
  return started;
}

void RedisProcess::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

}  // namespace aurochs::test
