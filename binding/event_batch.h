// A batch of events for one call into JavaScript: numbers in one array, short texts in one string. To make a value of
// each costs Node-API more than all else that a small job needs. Read by lib/engine/event-batch.ts.
// The environment's own thread.
#pragma once

#include <napi.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binding/env_inbox.h"

namespace aurochs::binding {

/// Changes with the layout: both sides must know the same one.
inline constexpr uint32_t kEventFormat = 3;

class EventBatch {
 public:
  /// Of each event: target, type, job handle, number, flag, then id, token, text and a list (a job's flat hash, or
  /// ids), led by its length or -1 for none. A text is one number:
  ///   n ≥ 0        the next n characters of `texts`
  ///   kAbsent      none
  ///   kElsewhere   the next one of `others`
  ///   kRepeated    the token of the last event that had one
  ///   kField - n   the name of a job's field, fieldNames()[n]
  struct Arguments {
    napi_value count;    ///< Numbers that are valid.
    napi_value numbers;  ///< Float64Array, overwritten by the next batch.
    napi_value texts;
    napi_value others;
  };
  static constexpr int kAbsent = -1;
  static constexpr int kElsewhere = -2;
  static constexpr int kRepeated = -3;
  static constexpr int kField = -4;

  /// Names that are not worth a text.
  static Napi::Array fieldNames(Napi::Env env);

  /// Nothing when the environment is ending: it takes no values any more.
  std::optional<Arguments> write(Napi::Env env, const std::vector<InboxItem>& items);

 private:
  void add(Napi::Env env, const InboxItem& item);
  /// A text that JavaScript keeps.
  void addText(Napi::Env env, std::string_view text);
  /// One that it only parses.
  void addParsed(Napi::Env env, std::string_view text);
  void addOptional(Napi::Env env, std::string_view text);
  void addToken(Napi::Env env, const std::string* token);
  /// @param place of the field in its hash.
  void addField(Napi::Env env, protocol::JobHash::Field field, size_t place);
  void addOther(Napi::Env env, std::string_view text);
  [[nodiscard]] napi_value toArray(Napi::Env env);

  std::vector<double> numbers_;
  std::string texts_;
  napi_value others_ = nullptr;
  uint32_t otherCount_ = 0;
  const std::string* lastToken_ = nullptr;  ///< Of this batch; jobs that were fetched together share it.
  std::array<uint8_t, 16> expected_{};      ///< By place: which field stood there in the last hash.
  Napi::Reference<Napi::Float64Array> array_;
  double* arrayData_ = nullptr;
  size_t arraySize_ = 0;  ///< Grows.
};

}  // namespace aurochs::binding
