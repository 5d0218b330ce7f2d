#include "binding/event_batch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace aurochs::binding {

namespace {

// What V8 cuts out of a string is a copy up to this length. Anything longer keeps all of the string in memory.
constexpr size_t kCopied = 12;
// Not worth a copy more.
constexpr size_t kShort = 256;
constexpr size_t kFirstNumbers = 1024;

// The fields of BullMQ's job hashes, those first whose texts are parsed and not kept.
constexpr std::array<std::string_view, 20> kFieldNames{
    "data", "opts", "timestamp", "delay", "priority",  "processedOn", "ats",      "atm",        "stc",  "parent",
    "name", "pb",   "rjk",       "nrjid", "parentKey", "deid",        "progress", "stacktrace", "defa", "failedReason"};
constexpr size_t kParsedFields = 10;

bool isAscii(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080U) != 0) return false;
  }
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

Napi::Array EventBatch::fieldNames(Napi::Env env) {
  Napi::Array names = Napi::Array::New(env, kFieldNames.size());
  for (uint32_t i = 0; i < kFieldNames.size(); ++i) names.Set(i, std::string(kFieldNames[i]));
  return names;
}

std::optional<EventBatch::Arguments> EventBatch::write(Napi::Env env, const std::vector<InboxItem>& items) {
  numbers_.clear();
  texts_.clear();
  otherCount_ = 0;
  lastToken_ = nullptr;
  if (napi_create_array(env, &others_) != napi_ok) return std::nullopt;
  for (const InboxItem& item : items) add(env, item);
  Arguments arguments{};
  arguments.others = others_;
  arguments.numbers = toArray(env);
  const bool made = arguments.numbers != nullptr &&
                    napi_create_double(env, static_cast<double>(numbers_.size()), &arguments.count) == napi_ok &&
                    napi_create_string_latin1(env, texts_.data(), texts_.size(), &arguments.texts) == napi_ok;
  return made ? std::optional(arguments) : std::nullopt;
}

/// `numbers_` in JavaScript, or null.
napi_value EventBatch::toArray(Napi::Env env) {
  if (arraySize_ < numbers_.size()) {
    const size_t size = std::max(kFirstNumbers, std::bit_ceil(numbers_.size()));
    void* data = nullptr;
    napi_value buffer = nullptr;
    napi_value array = nullptr;
    if (napi_create_arraybuffer(env, size * sizeof(double), &data, &buffer) != napi_ok) return nullptr;
    if (napi_create_typedarray(env, napi_float64_array, size, buffer, 0, &array) != napi_ok) return nullptr;
    array_ = Napi::Reference<Napi::Float64Array>::New(Napi::Float64Array(env, array), 1);
    arrayData_ = static_cast<double*>(data);
    arraySize_ = size;
  }
  std::copy(numbers_.begin(), numbers_.end(), arrayData_);
  return array_.Value();
}

void EventBatch::add(Napi::Env env, const InboxItem& item) {
  const worker::Event& event = item.event;
  numbers_.insert(numbers_.end(),
                  {static_cast<double>(item.target), static_cast<double>(event.type), static_cast<double>(event.job),
                   static_cast<double>(event.number), event.flag ? 1.0 : 0.0});
  addOptional(env, event.id);
  addToken(env, event.token.get());
  addOptional(env, event.text);
  if (event.hash) {
    numbers_.push_back(static_cast<double>(2 * event.hash->size()));
    for (size_t i = 0; i < event.hash->size(); ++i) {
      addField(env, event.hash->at(i), i);
    }
  } else if (event.type == worker::EventType::kStalled || !event.ids.empty()) {
    numbers_.push_back(static_cast<double>(event.ids.size()));
    for (const std::string& id : event.ids) addText(env, id);
  } else {
    numbers_.push_back(kAbsent);
  }
}

/// Empty means absent.
void EventBatch::addOptional(Napi::Env env, std::string_view text) {
  text.empty() ? numbers_.push_back(kAbsent) : addText(env, text);
}

void EventBatch::addToken(Napi::Env env, const std::string* token) {
  if (token == nullptr) return numbers_.push_back(kAbsent);
  token == std::exchange(lastToken_, token) ? numbers_.push_back(kRepeated) : addText(env, *token);
}

void EventBatch::addField(Napi::Env env, protocol::JobHash::Field field, size_t place) {
  // Jobs of one queue mostly have the same fields in the same order.
  uint8_t& expected = expected_[place % expected_.size()];
  size_t known = expected;
  if (kFieldNames[known] != field.name) {
    known = static_cast<size_t>(std::find(kFieldNames.begin(), kFieldNames.end(), field.name) - kFieldNames.begin());
  }
  if (known == kFieldNames.size()) {
    addText(env, field.name);
  } else {
    expected = static_cast<uint8_t>(known);
    numbers_.push_back(kField - static_cast<double>(known));
  }
  known < kParsedFields ? addParsed(env, field.value) : addText(env, field.value);
}

void EventBatch::addText(Napi::Env env, std::string_view text) {
  text.size() > kCopied ? addOther(env, text) : addParsed(env, text);
}

void EventBatch::addParsed(Napi::Env env, std::string_view text) {
  if (text.size() > kShort || !isAscii(text)) return addOther(env, text);
  numbers_.push_back(static_cast<double>(text.size()));
  texts_.append(text);
}

void EventBatch::addOther(Napi::Env env, std::string_view text) {
  // So that a large batch doesn't hold all its handles at once.
  const Napi::HandleScope scope(env);
  napi_value value = nullptr;
  // Fails only for strings beyond V8's limit (about 512 MB).
  if (napi_create_string_utf8(env, text.data(), text.size(), &value) != napi_ok) {
    napi_value exception = nullptr;
    napi_get_and_clear_last_exception(env, &exception);
    return numbers_.push_back(kAbsent);
  }
  numbers_.push_back(kElsewhere);
  napi_set_element(env, others_, otherCount_++, value);
}

}  // namespace aurochs::binding
