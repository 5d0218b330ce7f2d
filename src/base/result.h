// Error and Result: how the engine reports failures without exceptions.
// Plain values: any thread, owned by whoever holds them.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace aurochs {

/// What a failure means for the caller; the reaction is the same for every error of one kind.
enum class ErrorKind {
  kConfig,      ///< A wrong option: throw at once.
  kConnection,  ///< The connection was lost or refused: it reconnects by itself, emit `error`.
  kProtocol,    ///< The peer sent what RESP does not allow: the connection is reset.
  kScript,      ///< Redis answered with an error reply.
  kProcessor,   ///< The attempt fails.
  kPlugin,      ///< A native processor can't be loaded: throw at registration.
  kClosed,      ///< Closed by us: reject, don't retry.
};

/// `code` is Redis's first word (`NOSCRIPT`), libuv's name (`ECONNREFUSED`) or empty.
struct Error {
  ErrorKind kind = ErrorKind::kConnection;
  std::string code;
  std::string message;
};

/// A value or an Error. Reading the wrong side is a programming error (asserted).
template <typename T>
class Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  Error& error() {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

}  // namespace aurochs
