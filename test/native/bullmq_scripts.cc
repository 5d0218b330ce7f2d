#include "bullmq_scripts.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace aurochs::test {

namespace {

// Each script is a CommonJS file with its text in one template literal.
std::string readSource(const std::string& file) {
  const std::string path = std::string(AUROCHS_BULLMQ_SCRIPTS_DIR) + "/" + file;
  std::ifstream in(path);
  if (!in) throw std::runtime_error("can't read " + path + "; run npm ci");
  std::stringstream text;
  text << in.rdbuf();
  const std::string module = text.str();
  const std::string opening = "const content = `";
  const size_t begin = module.find(opening) + opening.size();
  const size_t end = module.find("`;\n", begin);
  return module.substr(begin, end - begin);
}

redis::Script load(const RedisServer& server, const std::string& name, int keys) {
  const std::string source = readSource(name + "-" + std::to_string(keys) + ".js");
  return {name, server.run({"SCRIPT", "LOAD", source}), source, keys};
}

}  // namespace

std::shared_ptr<const protocol::Scripts> loadBullmqScripts(const RedisServer& server) {
  return std::make_shared<const protocol::Scripts>(protocol::Scripts{
      load(server, "moveToActive", 11), load(server, "moveToFinished", 14), load(server, "extendLocks", 1),
      load(server, "moveStalledJobsToWait", 9), load(server, "updateProgress", 3), load(server, "addLog", 2)});
}

}  // namespace aurochs::test
