# The addon, aurochs.node: binding/ over the engine. The only target that sees Node-API.
if(NOT EXISTS "${AUROCHS_NODE_ADDON_API}/napi.h")
  message(FATAL_ERROR "AUROCHS_NODE_ADDON_API names no folder with napi.h; build with: npm run build:addon")
endif()

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/binding/*.cc")
if(NOT sources)
  message(WARNING "binding/ holds no source yet: only the engine is built")
  return()
endif()

set(exports "${CMAKE_SOURCE_DIR}/cmake/exports.map")
add_library(aurochs MODULE ${sources})
set_target_properties(aurochs PROPERTIES PREFIX "" SUFFIX ".node" LINK_DEPENDS "${exports}")
target_compile_definitions(aurochs PRIVATE NAPI_VERSION=8 NAPI_DISABLE_CPP_EXCEPTIONS NODE_ADDON_API_DISABLE_DEPRECATED
                           # An environment that is being torn down can no longer throw: not a reason to abort.
                           NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
target_include_directories(aurochs PRIVATE "${CMAKE_SOURCE_DIR}") # for "binding/…"
target_include_directories(aurochs SYSTEM PRIVATE "${AUROCHS_NODE_ADDON_API}" "${AUROCHS_NODE_INCLUDE}")
target_link_libraries(aurochs PRIVATE aurochs_engine)
if(NOT APPLE AND NOT WIN32)
  # nodelete: threads of ours outlive the environment that loaded the addon, so it must stay mapped.
  # now: a symbol that is missing fails the loading of the addon, not some job much later.
  # The map leaves Node's two entry points exported and everything else, libstdc++'s templates too, local.
  target_link_options(aurochs PRIVATE "LINKER:-z,nodelete" "LINKER:-z,now" "LINKER:--version-script=${exports}")
endif()

# A prebuilt addon has to run wherever Node's own binary does, also where libstdc++ and glibc are older than here.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT AUROCHS_SANITIZE)
  execute_process(COMMAND "${CMAKE_CXX_COMPILER}" -print-file-name=libstdc++.a
                  OUTPUT_VARIABLE static_library OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(EXISTS "${static_library}") # Fedora has it in a package of its own
    # libgcc, which throws and catches, stays the process's: exceptions of native processors come through it.
    target_link_options(aurochs PRIVATE -static-libstdc++ "LINKER:--gc-sections")
  endif()
  include(CheckSymbolExists)
  check_symbol_exists(__GLIBC__ features.h AUROCHS_GLIBC)
  if(AUROCHS_GLIBC AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|aarch64)$")
    target_sources(aurochs PRIVATE "${CMAKE_SOURCE_DIR}/binding/old_glibc.c")
    foreach(function IN ITEMS pthread_create pthread_join pthread_detach pthread_once __pthread_key_create pthread_sigmask
                              pthread_setname_np stat lstat fstat64)
      target_link_options(aurochs PRIVATE "LINKER:--wrap=${function}")
    endforeach()
  endif()
endif()
