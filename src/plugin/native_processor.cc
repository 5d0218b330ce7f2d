#include "plugin/native_processor.h"

#if defined(__GNUC__)
#include <cxxabi.h>
#endif

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <utility>

#include "plugin/job_api.h"
#include "plugin/library.h"

namespace aurochs::plugin {
namespace {

using pool::Outcome;

/// Inside a catch block: what was thrown, if it was no std::exception.
std::string thrownType() {
#if defined(__GNUC__)
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type) {
    int status = 0;
    char* const readable = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
    std::string name = status == 0 ? readable : type->name();
    std::free(readable);
    return "a value of type " + name;
  }
#endif
  return "something that is not a std::exception";
}

class NativeProcessor final : public pool::Processor {
 public:
  NativeProcessor(aurochs_processor function, std::string symbol, const Library& library)
      : function_(function), symbol_(std::move(symbol)), library_(library) {}

  Outcome run(const pool::JobInput& input, const std::atomic<bool>& cancelled, pool::JobSink& sink) const override {
    aurochs_job job{input, cancelled, sink};
    try {
      return finish(job, function_(&job, &jobApi()));
    } catch (const std::exception& error) {
      const std::string what = error.what();
      return Outcome::failure(what.empty() ? "the processor threw an exception without a message" : what);
    } catch (...) {
      return Outcome::failure("the processor threw " + thrownType());
    }
  }

  std::string describe() const override { return symbol_ + " (" + library_.path + ")"; }

 private:
  /// processor.h has the rules: what was said last counts, and a non-zero status never completes.
  static Outcome finish(aurochs_job& job, int status) {
    MutexLock lock(job.mutex);
    if (status != 0 && (!job.outcome || job.outcome->completed)) {
      return Outcome::failure("processor returned " + std::to_string(status));
    }
    return job.outcome ? std::move(*job.outcome) : Outcome{};
  }

  const aurochs_processor function_;
  const std::string symbol_;
  const Library& library_;
};

std::string versionMessage(uint32_t has) {
  const std::string ours = std::to_string(AUROCHS_ABI_VERSION);
  return "was built for version " + std::to_string(has) + " of the processor ABI, this Aurochs needs version " + ours +
         (AUROCHS_ABI_VERSION > 1 ? " or below" : "") +
         ": build the library again with the aurochs/processor.h of the installed package, or install an Aurochs that "
         "has version " +
         std::to_string(has);
}

Result<std::shared_ptr<const pool::Processor>> findProcessor(Library& library, const std::string& symbol,
                                                             bool derived) {
  const auto fail = [&](std::string what) { return Error{ErrorKind::kPlugin, "", std::move(what)}; };
  const std::string subject = symbol + " in " + library.path + " ";

  void* const function = symbol.find('\0') == std::string::npos ? findSymbol(library, symbol) : nullptr;
  if (!function) {
    return fail(library.path + " exports no symbol " + symbol +
                (derived ? " (the file's base name, since no symbol was given)" : "") +
                "; define the processor with AUROCHS_PROCESSOR(" + symbol + "), or pass the symbol that it has");
  }
  const void* const version = findSymbol(library, "aurochs_abi_" + symbol);
  if (!version) {
    return fail(subject + "is not built with aurochs/processor.h: define it with AUROCHS_PROCESSOR(" + symbol +
                "), which exports aurochs_abi_" + symbol + " beside it");
  }
  const uint32_t has = *static_cast<const uint32_t*>(version);
  if (has == 0 || has > AUROCHS_ABI_VERSION) return fail(subject + versionMessage(has));
  return std::shared_ptr<const pool::Processor>(
      std::make_shared<NativeProcessor>(reinterpret_cast<aurochs_processor>(function), symbol, library));
}

}  // namespace

Result<std::shared_ptr<const pool::Processor>> loadNativeProcessor(const std::string& path, const std::string& symbol) {
  const bool derived = symbol.empty();
  const std::string name = derived ? std::filesystem::path(path).stem().string() : symbol;
  const auto explain = [&](Error error) {
    error.message = "Can't load the native processor " + name + " from '" + path + "': " + error.message;
    return error;
  };

  auto library = openLibrary(path);
  if (!library) return explain(library.error());
  auto processor = findProcessor(*library.value(), name, derived);
  return processor ? processor : explain(processor.error());
}

}  // namespace aurochs::plugin
