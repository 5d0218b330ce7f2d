#include "redis/reply_reader.h"

#include <hiredis/hiredis.h>

#include <new>

namespace aurochs::redis {

namespace {

// What is kept between replies; beyond that, memory is given back.
constexpr size_t kKeepArenaBytes = 256 * 1024;
constexpr size_t kKeepTokens = 16 * 1024;
constexpr size_t kKeepUnparsedBytes = 64 * 1024;

#if HIREDIS_MAJOR >= 1
using ArrayLength = size_t;
#else
using ArrayLength = int;
#endif

// hiredis takes NULL for 'out of memory' and hands the rest back to us; which object it is says the token list.
void* add(const redisReadTask* task, ReplyType type, int64_t number, std::string_view text = {}) noexcept {
  auto& reply = *static_cast<ReplyTokens*>(task->privdata);
  const size_t offset = reply.arena.size();
  reply.arena.append(text);
  reply.tokens.push_back({type, static_cast<uint32_t>(reply.tokens.size() + 1), number, offset, text.size()});
  return task->privdata;
}

ReplyType stringType(int hiredisType) {
  if (hiredisType == REDIS_REPLY_STATUS) return ReplyType::kStatus;
  return hiredisType == REDIS_REPLY_ERROR ? ReplyType::kError : ReplyType::kString;
}

void* addString(const redisReadTask* task, char* text, size_t length) noexcept {
  return add(task, stringType(task->type), 0, {text, length});
}
void* addArray(const redisReadTask* task, ArrayLength elements) noexcept {
  return add(task, ReplyType::kArray, static_cast<int64_t>(elements));
}
void* addInteger(const redisReadTask* task, long long value) noexcept { return add(task, ReplyType::kInteger, value); }
void* addNil(const redisReadTask* task) noexcept { return add(task, ReplyType::kNil, 0); }
void freeNothing(void*) noexcept {}
#if HIREDIS_MAJOR >= 1
void* addDouble(const redisReadTask* task, double, char* text, size_t length) noexcept {
  return add(task, ReplyType::kString, 0, {text, length});
}
void* addBool(const redisReadTask* task, int value) noexcept { return add(task, ReplyType::kInteger, value); }
#endif

redisReplyObjectFunctions* functions() {
  static redisReplyObjectFunctions table = [] {
    redisReplyObjectFunctions f{};
    f.createString = addString;
    f.createArray = addArray;
    f.createInteger = addInteger;
    f.createNil = addNil;
    f.freeObject = freeNothing;
#if HIREDIS_MAJOR >= 1
    f.createDouble = addDouble;
    f.createBool = addBool;
#endif
    return f;
  }();
  return &table;
}

// Backwards, so that a child's subtree is known before its parent's.
void linkSubtrees(std::vector<ReplyTokens::Token>& tokens) {
  for (size_t i = tokens.size(); i-- > 0;) {
    if (tokens[i].type != ReplyType::kArray) continue;
    uint32_t next = static_cast<uint32_t>(i + 1);
    for (int64_t child = 0; child < tokens[i].number; ++child) next = tokens[next].next;
    tokens[i].next = next;
  }
}

}  // namespace

void ReplyReader::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

ReplyReader::ReplyReader() { open(); }
ReplyReader::~ReplyReader() = default;

void ReplyReader::open() {
  reader_.reset(redisReaderCreateWithFunctions(functions()));
  if (!reader_) throw std::bad_alloc();
  reader_->privdata = &reply_;
  reader_->maxbuf = kKeepUnparsedBytes;
}

void ReplyReader::feed(std::string_view bytes) {
  // A failure is kept by the parser and comes out of next().
  redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
}

Result<std::optional<ReplyView>> ReplyReader::next() {
  if (delivered_) release();
  void* complete = nullptr;
  if (redisReaderGetReply(reader_.get(), &complete) != REDIS_OK) {
    return Error{ErrorKind::kProtocol, "", reader_->errstr};
  }
  if (complete == nullptr) return std::optional<ReplyView>();
  linkSubtrees(reply_.tokens);
  delivered_ = true;
  return std::optional<ReplyView>(ReplyView(&reply_, 0));
}

void ReplyReader::release() {
  delivered_ = false;
  reply_.tokens.clear();
  reply_.arena.clear();
  if (reply_.tokens.capacity() > kKeepTokens) reply_.tokens = {};
  if (reply_.arena.capacity() <= kKeepArenaBytes) return;
  reply_.arena = std::string();
  // The parser's own buffer has grown with it, and shrinks only when it is fed again.
  if (reader_->err == 0 && reader_->pos == reader_->len) open();
}

}  // namespace aurochs::redis
