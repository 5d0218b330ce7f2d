# The fuzz targets of test/fuzz: with -DAUROCHS_FUZZ=ON fuzzers, by clang's libFuzzer; with the tests, programs that
# run the corpora, so that each file in there is a test.
set(folder "${CMAKE_SOURCE_DIR}/test/fuzz")
if(AUROCHS_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "AUROCHS_FUZZ needs clang, which has libFuzzer, not ${CMAKE_CXX_COMPILER_ID}; configure with: "
                        "cmake -S . -B build-fuzz -DAUROCHS_FUZZ=ON -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++")
  endif()
  target_compile_options(aurochs_flags INTERFACE -fsanitize=fuzzer-no-link)
  # An index beyond a vector's size is no address that ASan would object to.
  target_compile_definitions(aurochs_flags INTERFACE _GLIBCXX_ASSERTIONS)
endif()

# aurochs_fuzz_target(<name> <source>...): fuzz_<name>, of <name>.cc and the sources
function(aurochs_fuzz_target name)
  set(target fuzz_${name})
  add_executable(${target} "${folder}/${name}.cc" ${ARGN})
  target_include_directories(${target} PRIVATE "${folder}" "${CMAKE_SOURCE_DIR}/test/native")
  target_link_libraries(${target} PRIVATE aurochs_engine)
  if(AUROCHS_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    return()
  endif()
  target_sources(${target} PRIVATE "${folder}/replay.cc")
  file(GLOB corpus CONFIGURE_DEPENDS "${folder}/corpus/${name}/*")
  add_test(NAME fuzz_corpus_${name} COMMAND ${target} ${corpus})
  set_tests_properties(fuzz_corpus_${name} PROPERTIES TIMEOUT 60)
endfunction()

# Their objects come before the engine's libraries, whose socket.cc and resolver.cc are therefore left out.
set(network "${folder}/fake_clock.cc" "${folder}/fake_network.cc" "${folder}/fake_resolver.cc"
            "${folder}/fake_socket.cc")
aurochs_fuzz_target(reader)
aurochs_fuzz_target(replies)
aurochs_fuzz_target(options)
aurochs_fuzz_target(link ${network})
aurochs_fuzz_target(locators ${network})
aurochs_fuzz_target(tls ${network} "${folder}/tls_server.cc" "${CMAKE_SOURCE_DIR}/test/native/redis_tls_certificates.cc")
target_link_libraries(fuzz_tls PRIVATE aurochs_openssl)
