#!/bin/sh
# Builds and installs what the addon links: hiredis (static) and nlohmann-json (headers). Needs git, CMake, a compiler.
set -eu
prefix=${PREFIX:-/usr/local}
sudo=$(test -w "$prefix" || command -v sudo || true)
folder=$(mktemp -d)
git clone --quiet --depth 1 --branch v1.2.0 https://github.com/redis/hiredis "$folder/hiredis"
cmake -S "$folder/hiredis" -B "$folder/hiredis/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
  -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DDISABLE_TESTS=ON -DCMAKE_INSTALL_PREFIX="$prefix"
cmake --build "$folder/hiredis/build"
$sudo cmake --install "$folder/hiredis/build"
git clone --quiet --depth 1 --branch v3.11.3 https://github.com/nlohmann/json "$folder/json"
cmake -S "$folder/json" -B "$folder/json/build" -DJSON_BuildTests=OFF -DCMAKE_INSTALL_PREFIX="$prefix"
$sudo cmake --install "$folder/json/build"
