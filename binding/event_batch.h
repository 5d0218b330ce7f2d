// A batch of events for one call into JavaScript: numbers in one array, short texts in one string. To make a value of
// each costs Node-API more than all else that a small job needs. Read by lib/engine/event-batch.ts.
// The environment's own thread.
#pragma once

#include <napi.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binding/env_inbox.h"

namespace aurochs::binding {

/// Changes with the layout: both sides must know the same one.
inline constexpr uint32_t kEventFormat = 2;

class EventBatch {
 public:
  /// Of each event: target, type, job handle, number, flag, then id, token, text and a list (a job's flat hash, or
  /// ids), led by its length or -1 for none. A text is one number:
  ///   n ≥ 0        the next n characters of `texts`
  ///   kAbsent      none
  ///   kElsewhere   the next one of `others`
  ///   kField - n   the name of a job's field, fieldNames()[n]
  struct Arguments {
    napi_value count;    ///< Numbers that are valid.
    napi_value numbers;  ///< Float64Array, overwritten by the next batch.
    napi_value texts;
    napi_value others;
  };
  static constexpr int kAbsent = -1;
  static constexpr int kElsewhere = -2;
  static constexpr int kField = -3;

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
  void addField(Napi::Env env, protocol::JobHash::Field field);
  void addOther(Napi::Env env, std::string_view text);
  [[nodiscard]] napi_value toArray(Napi::Env env);

  std::vector<double> numbers_;
  std::string texts_;
  napi_value others_ = nullptr;
  uint32_t otherCount_ = 0;
  Napi::Reference<Napi::Float64Array> array_;
  double* arrayData_ = nullptr;
  size_t arraySize_ = 0;  ///< Grows.
};

}  // namespace aurochs::binding
