#include "plugin/library.h"

#include <cerrno>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "base/mutex.h"

namespace aurochs::plugin {
namespace {

namespace fs = std::filesystem;

struct Libraries {
  Mutex mutex;
  std::map<std::string, std::unique_ptr<Library>> byPath GUARDED_BY(mutex);
};

Libraries& libraries() {
  static Libraries* const all = new Libraries();  // outlives every thread that still runs a processor
  return *all;
}

Error noFile(const std::string& path, const std::error_code& reason) {
  std::error_code ignored;
  const std::string absolute = fs::absolute(path, ignored).lexically_normal().string();
  const std::string shown = absolute.empty() ? path : absolute;
  if (reason == std::errc::no_such_file_or_directory || reason == std::errc::not_a_directory) {
    return {ErrorKind::kPlugin, "ENOENT",
            "there is no file " + shown + "; is the library built, and is the path relative to the working directory?"};
  }
  return {ErrorKind::kPlugin, uv_err_name(uv_translate_sys_error(reason.value())), shown + ": " + reason.message()};
}

}  // namespace

Result<Library*> openLibrary(const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return Error{ErrorKind::kPlugin, "EINVAL", "the path is empty or contains a NUL character"};
  }
  std::error_code failed;
  const std::string real = fs::canonical(path, failed).string();
  if (failed) return noFile(path, failed);
  if (!fs::is_regular_file(real, failed)) {
    return Error{ErrorKind::kPlugin, "EINVAL", real + " is not a file"};
  }

  Libraries& all = libraries();
  MutexLock lock(all.mutex);
  if (const auto found = all.byPath.find(real); found != all.byPath.end()) return found->second.get();

  auto library = std::make_unique<Library>();
  library->path = real;
  if (uv_dlopen(real.c_str(), &library->handle) != 0) {
    const std::string reason = uv_dlerror(&library->handle);
    uv_dlclose(&library->handle);  // frees the message
    return Error{ErrorKind::kPlugin, "EINVAL",
                 real + " can't be loaded as a shared library of this platform: " + reason};
  }
  return all.byPath.emplace(real, std::move(library)).first->second.get();
}

void* findSymbol(Library& library, const std::string& symbol) {
  MutexLock lock(libraries().mutex);
  void* address = nullptr;
  return uv_dlsym(&library.handle, symbol.c_str(), &address) == 0 ? address : nullptr;
}

}  // namespace aurochs::plugin
