// Is a text that a native processor gave us JSON, as JavaScript's JSON.parse() understands it?
// Plain functions: any thread.
#pragma once

#include <string>
#include <string_view>

namespace aurochs::plugin {

/// True for one complete JSON value in valid UTF-8, without a byte order mark and without NUL bytes.
bool isJson(std::string_view text);

/// The beginning of `text` for a message: quoted, at most 80 bytes, never half a character, nothing unprintable.
std::string excerpt(std::string_view text);

}  // namespace aurochs::plugin
