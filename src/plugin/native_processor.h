// A processor in a shared library, called through the C ABI of include/aurochs/processor.h.
// load() on any thread; a library stays loaded until the process ends.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "pool/processor.h"

namespace aurochs::plugin {

/// Opens `path` and finds `symbol` in it; an empty symbol means the file's base name (`./build/fib.so` → `fib`).
/// A missing file, a missing symbol and a library built for another ABI version are kPlugin errors that say which.
Result<std::shared_ptr<const pool::Processor>> loadNativeProcessor(const std::string& path, const std::string& symbol);

}  // namespace aurochs::plugin
