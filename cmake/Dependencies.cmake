# What the engine needs from outside: aurochs_libuv, aurochs_hiredis and nlohmann_json::nlohmann_json.

# --- libuv: Node's own for the addon (resolved by the process that loads it), the system's for the tests.
add_library(aurochs_libuv INTERFACE)
if(AUROCHS_TESTS)
  find_package(PkgConfig)
  if(PkgConfig_FOUND)
    pkg_check_modules(LIBUV IMPORTED_TARGET libuv)
  endif()
  if(NOT LIBUV_FOUND)
    message(FATAL_ERROR "libuv is missing; on Debian: apt install libuv1-dev pkg-config")
  endif()
  target_link_libraries(aurochs_libuv INTERFACE PkgConfig::LIBUV)
else()
  find_path(AUROCHS_NODE_INCLUDE uv.h PATHS ${CMAKE_JS_INC} NO_DEFAULT_PATH)
  if(NOT AUROCHS_NODE_INCLUDE)
    message(FATAL_ERROR "Node's headers (uv.h) were not found in '${CMAKE_JS_INC}'; build with: npm run build:addon")
  endif()
  # A folder with libuv's headers alone: the engine can't include node_api.h or v8.h, not even by accident.
  set(uv_include "${CMAKE_BINARY_DIR}/libuv-headers")
  file(MAKE_DIRECTORY "${uv_include}")
  foreach(header uv.h uv)
    file(CREATE_LINK "${AUROCHS_NODE_INCLUDE}/${header}" "${uv_include}/${header}" SYMBOLIC)
  endforeach()
  target_include_directories(aurochs_libuv SYSTEM BEFORE INTERFACE "${uv_include}")
endif()

# --- hiredis: its static library, so that the addon carries it.
find_path(HIREDIS_INCLUDE hiredis/hiredis.h)
find_library(HIREDIS_LIBRARY NAMES libhiredis.a)
if(NOT HIREDIS_INCLUDE OR NOT HIREDIS_LIBRARY)
  message(FATAL_ERROR "hiredis (header and libhiredis.a) is missing; on Debian: apt install libhiredis-dev")
endif()
add_library(aurochs_hiredis STATIC IMPORTED)
set_target_properties(aurochs_hiredis PROPERTIES IMPORTED_LOCATION "${HIREDIS_LIBRARY}")

# --- nlohmann-json: headers.
find_package(nlohmann_json 3.9 QUIET)
if(NOT nlohmann_json_FOUND)
  message(FATAL_ERROR "nlohmann-json is missing; on Debian: apt install nlohmann-json3-dev")
endif()
