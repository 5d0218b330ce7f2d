# The engine's GoogleTest binary, and the shared libraries that its tests load.
find_package(GTest QUIET)
if(NOT GTest_FOUND)
  message(FATAL_ERROR "GoogleTest is missing; on Debian: apt install libgtest-dev")
endif()
include(GoogleTest)

# Native processors to load: one library a file, `<build>/fixtures/<name>.so`.
set(fixtures_dir "${CMAKE_BINARY_DIR}/fixtures")
file(GLOB fixtures CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/test/native/fixtures/*.c"
     "${CMAKE_SOURCE_DIR}/test/native/fixtures/*.cc")
add_custom_target(aurochs_fixtures ALL)
foreach(source IN LISTS fixtures)
  get_filename_component(name "${source}" NAME_WE)
  set(target "fixture_${name}")
  add_library(${target} MODULE "${source}")
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".so" OUTPUT_NAME "${name}"
                        LIBRARY_OUTPUT_DIRECTORY "${fixtures_dir}")
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}/include")
  target_link_libraries(${target} PRIVATE aurochs_flags)
  add_dependencies(aurochs_fixtures ${target})
endforeach()

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/test/native/*.cc" "${CMAKE_SOURCE_DIR}/test/native/support/*.cc")
if(NOT sources)
  message(WARNING "test/native/ holds no source yet: only the engine is built")
  return()
endif()

add_executable(aurochs_tests ${sources})
add_dependencies(aurochs_tests aurochs_fixtures)
target_compile_definitions(aurochs_tests PRIVATE AUROCHS_FIXTURES_DIR="${fixtures_dir}"
                           AUROCHS_BULLMQ_SCRIPTS_DIR="${CMAKE_SOURCE_DIR}/node_modules/bullmq/dist/cjs/scripts")
target_include_directories(aurochs_tests PRIVATE "${CMAKE_SOURCE_DIR}/test/native" "${CMAKE_SOURCE_DIR}/include")
target_link_libraries(aurochs_tests PRIVATE aurochs_engine GTest::gtest GTest::gtest_main)
gtest_discover_tests(aurochs_tests DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
