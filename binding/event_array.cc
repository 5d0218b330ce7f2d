#include "binding/event_array.h"

namespace aurochs::binding {

namespace {

class ArrayWriter {
 public:
  ArrayWriter(Napi::Env env, size_t length) : env_(env), array_(Napi::Array::New(env, length)) {}

  void number(double value) {
    napi_value element;
    napi_create_double(env_, value, &element);
    append(element);
  }
  void boolean(bool value) {
    napi_value element;
    napi_get_boolean(env_, value, &element);
    append(element);
  }
  /// Empty means absent: the entry stays undefined.
  void optional(std::string_view text) { text.empty() ? skip() : string(text); }
  void string(std::string_view text) {
    napi_value element;
    // Fails only for strings beyond V8's limit (about 512 MB): the entry stays undefined.
    if (napi_create_string_utf8(env_, text.data(), text.size(), &element) == napi_ok) return append(element);
    napi_value exception;
    napi_get_and_clear_last_exception(env_, &exception);
    skip();
  }
  void append(napi_value element) { napi_set_element(env_, array_, index_++, element); }
  void skip() { ++index_; }

  [[nodiscard]] Napi::Array array() const { return array_; }

 private:
  Napi::Env env_;
  Napi::Array array_;
  uint32_t index_ = 0;
};

Napi::Array hashToArray(Napi::Env env, const protocol::JobHash& hash) {
  ArrayWriter writer(env, hash.size() * 2);
  for (size_t i = 0; i < hash.size(); ++i) {
    const protocol::JobHash::Field field = hash.at(i);
    writer.string(field.name);
    writer.string(field.value);
  }
  return writer.array();
}

Napi::Array idsToArray(Napi::Env env, const std::vector<std::string>& ids) {
  ArrayWriter writer(env, ids.size());
  for (const std::string& id : ids) writer.string(id);
  return writer.array();
}

void write(Napi::Env env, ArrayWriter& writer, const InboxItem& item) {
  const worker::Event& event = item.event;
  writer.number(item.target);
  writer.number(static_cast<double>(event.type));
  writer.number(static_cast<double>(event.job));
  writer.number(static_cast<double>(event.number));
  writer.boolean(event.flag);
  writer.optional(event.id);
  writer.optional(event.token);
  writer.optional(event.text);
  if (event.hash) {
    writer.append(hashToArray(env, *event.hash));
  } else if (event.type == worker::EventType::kStalled || !event.ids.empty()) {
    writer.append(idsToArray(env, event.ids));
  } else {
    writer.skip();
  }
}

}  // namespace

Napi::Array toArray(Napi::Env env, const std::vector<InboxItem>& batch) {
  ArrayWriter writer(env, batch.size() * kEventStride);
  for (const InboxItem& item : batch) {
    // One scope for each event, so that a large batch does not hold all its handles at once.
    Napi::HandleScope scope(env);
    write(env, writer, item);
  }
  return writer.array();
}

}  // namespace aurochs::binding
