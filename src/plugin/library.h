// Shared libraries of native processors, each opened once per process and never closed: it may have
// threads, exit handlers and thread-local destructors of its own, which must not lose their code.
// Any thread.
#pragma once

#include <uv.h>

#include <string>

#include "base/result.h"

namespace aurochs::plugin {

/// An open library. Lives until the process ends.
struct Library {
  std::string path;   ///< Absolute, links resolved.
  uv_lib_t handle{};  ///< Look-ups leave their error message in it: only findSymbol() touches it.
};

/// Opens the library at `path` (relative to the working directory), or finds it open already.
Result<Library*> openLibrary(const std::string& path);

/// The address of an exported symbol, nullptr if there is none.
void* findSymbol(Library& library, const std::string& symbol);

}  // namespace aurochs::plugin
