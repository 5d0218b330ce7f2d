# Compiler flags, as one target that every target of ours links: aurochs_flags.
add_library(aurochs_flags INTERFACE)

if(MSVC)
  target_compile_options(aurochs_flags INTERFACE /W3 /utf-8 /permissive- /Zc:__cplusplus)
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(aurochs_flags INTERFACE -Wall -Wextra -g1 -Wshadow -Wthread-safety)
else()
  # GCC's plain -Wshadow objects to a constructor's parameter that is named like an accessor, too.
  target_compile_options(aurochs_flags INTERFACE -Wall -Wextra -g1 -Wshadow=local)
endif()
if(AUROCHS_WERROR)
  target_compile_options(aurochs_flags INTERFACE $<IF:$<BOOL:${MSVC}>,/WX,-Werror>)
endif()

if(AUROCHS_SANITIZE STREQUAL "address")
  set(sanitizers address,undefined)
elseif(AUROCHS_SANITIZE STREQUAL "thread")
  set(sanitizers thread)
elseif(NOT AUROCHS_SANITIZE STREQUAL "")
  message(FATAL_ERROR "AUROCHS_SANITIZE is '${AUROCHS_SANITIZE}'; it takes address, thread, or nothing")
endif()
if(sanitizers)
  # The engine's assertions and thread checks belong to what the sanitizers look at, so NDEBUG is undone.
  set(options -fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer -UNDEBUG)
  target_compile_options(aurochs_flags INTERFACE ${options})
  target_link_options(aurochs_flags INTERFACE -fsanitize=${sanitizers})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The instrumentation makes GCC see uninitialized values that aren't.
    target_compile_options(aurochs_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

find_package(Threads REQUIRED)
target_link_libraries(aurochs_flags INTERFACE Threads::Threads)
