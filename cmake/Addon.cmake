# The addon, aurochs.node: binding/ over the engine. The only target that sees Node-API.
find_path(AUROCHS_NODE_ADDON_API napi.h PATHS "${CMAKE_SOURCE_DIR}/node_modules/node-addon-api" NO_DEFAULT_PATH)
if(NOT AUROCHS_NODE_ADDON_API)
  message(FATAL_ERROR "node-addon-api is missing; run: npm ci")
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
if(NOT APPLE)
  # nodelete: threads of ours outlive the environment that loaded the addon, so it must stay mapped.
  # now: a symbol that is missing fails the loading of the addon, not some job much later.
  # The map leaves Node's two entry points exported and everything else, libstdc++'s templates too, local.
  target_link_options(aurochs PRIVATE "LINKER:-z,nodelete" "LINKER:-z,now" "LINKER:--version-script=${exports}")
endif()
