# The engine: one static library a folder of src/. What a layer may use is what it links here:
#
#   plugin, worker → protocol, pool → redis → loop → base

# aurochs_layer(<folder> <library>...): the target aurochs_<folder>, which links <library>...
function(aurochs_layer folder)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${folder}/*.cc")
  if(sources)
    add_library(aurochs_${folder} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(aurochs_${folder} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(aurochs_${folder} ${scope} "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(aurochs_${folder} ${scope} aurochs_flags ${ARGN})
endfunction()

aurochs_layer(base)
aurochs_layer(loop aurochs_base aurochs_libuv)
aurochs_layer(redis aurochs_loop)
aurochs_layer(protocol aurochs_redis nlohmann_json::nlohmann_json)
aurochs_layer(pool aurochs_redis)
aurochs_layer(plugin aurochs_pool aurochs_protocol)
aurochs_layer(worker aurochs_pool aurochs_protocol)

# Our own Lua, embedded with the SHA-1 that Redis knows it by.
set(lua "${CMAKE_SOURCE_DIR}/src/protocol/lua/finish_and_fetch.lua")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${lua}")
file(READ "${lua}" FINISH_AND_FETCH_SOURCE)
file(SHA1 "${lua}" FINISH_AND_FETCH_SHA1)
configure_file("${CMAKE_SOURCE_DIR}/src/protocol/finish_and_fetch_lua.h.in"
               "${CMAKE_BINARY_DIR}/generated/protocol/finish_and_fetch_lua.h" @ONLY)
target_include_directories(aurochs_protocol PRIVATE "${CMAKE_BINARY_DIR}/generated")

# hiredis and OpenSSL stay inside redis/; the C ABI's header is plugin's alone (the binding hands out only its path).
get_target_property(redis_type aurochs_redis TYPE)
if(NOT redis_type STREQUAL "INTERFACE_LIBRARY")
  target_include_directories(aurochs_redis SYSTEM PRIVATE "${HIREDIS_INCLUDE}")
  target_link_libraries(aurochs_redis PRIVATE aurochs_hiredis aurochs_openssl)
endif()
get_target_property(plugin_type aurochs_plugin TYPE)
if(NOT plugin_type STREQUAL "INTERFACE_LIBRARY")
  target_include_directories(aurochs_plugin PRIVATE "${CMAKE_SOURCE_DIR}/include")
  target_link_libraries(aurochs_plugin PRIVATE ${CMAKE_DL_LIBS})
endif()

add_library(aurochs_engine INTERFACE)
target_link_libraries(aurochs_engine INTERFACE aurochs_plugin aurochs_worker)
