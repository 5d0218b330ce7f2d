#include "redis/socket.h"

#include <sys/un.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

namespace aurochs::redis {

namespace {
constexpr size_t kReadBytes = 64 * 1024;
constexpr size_t kKeepWriteBytes = 1024 * 1024;
}  // namespace

struct Socket::Handle {
  union {
    uv_handle_t base;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } uv;
  bool open = false;  // `uv` is a handle of the loop, to be closed
  uv_connect_t connecting;
  uv_write_t write;
  std::string output;  // what `write` is sending
  bool writing = false;
  unsigned keepAliveSeconds = 0;
  Stream::Listener* listener = nullptr;  // null once the Socket is gone
  std::unique_ptr<char[]> readBuffer{};  // made when first read into

  static Handle* of(const uv_handle_t* handle) { return static_cast<Handle*>(handle->data); }
  static Handle* of(const uv_stream_t* stream) { return static_cast<Handle*>(stream->data); }

  static void onConnect(uv_connect_t* request, int status) {
    Handle* self = of(request->handle);
    if (self->listener == nullptr) return;
    // Refused keep-alive is no reason to go without Redis.
    if (status == 0 && self->keepAliveSeconds > 0) uv_tcp_keepalive(&self->uv.tcp, 1, self->keepAliveSeconds);
    self->listener->onConnect(status);
  }

  static void allocate(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    Handle* self = of(handle);
    // Not initialised: an idle connection touches none of its pages.
    if (!self->readBuffer) self->readBuffer.reset(new char[kReadBytes]);
    buffer->base = self->readBuffer.get();
    buffer->len = kReadBytes;
  }

  static void onRead(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
    Handle* self = of(stream);
    if (self->listener == nullptr || count == 0) return;
    if (count > 0) {
      self->listener->onRead({buffer->base, static_cast<size_t>(count)});
    } else {
      self->listener->onEnd(static_cast<int>(count));
    }
  }

  static void onWritten(uv_write_t* request, int status) {
    Handle* self = of(request->handle);
    self->writing = false;
    self->output = std::string();
    if (self->listener == nullptr) return;
    if (status == 0) {
      self->listener->onWritten();
    } else {
      self->listener->onEnd(status);
    }
  }
};

Socket::Socket(uv_loop_t* loop, Listener* listener) : loop_(loop), handle_(new Handle) { handle_->listener = listener; }

Socket::~Socket() {
  handle_->listener = nullptr;
  if (!handle_->open) {
    delete handle_;
    return;
  }
  uv_close(&handle_->uv.base, [](uv_handle_t* handle) { delete Handle::of(handle); });
}

int Socket::connectTcp(const sockaddr_storage& address, const Endpoint& options) {
  uv_tcp_t* tcp = &handle_->uv.tcp;
  if (const int status = uv_tcp_init(loop_, tcp)) return status;
  handle_->open = true;
  tcp->data = handle_;
  if (options.noDelay) uv_tcp_nodelay(tcp, 1);
  if (options.keepAliveMs > 0) handle_->keepAliveSeconds = std::max(1U, options.keepAliveMs / 1000);
  return uv_tcp_connect(&handle_->connecting, tcp, reinterpret_cast<const sockaddr*>(&address), &Handle::onConnect);
}

int Socket::connectUnix(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return UV_ENAMETOOLONG;
  uv_pipe_t* pipe = &handle_->uv.pipe;
  if (const int status = uv_pipe_init(loop_, pipe, 0)) return status;
  handle_->open = true;
  pipe->data = handle_;
  uv_pipe_connect(&handle_->connecting, pipe, path.c_str(), &Handle::onConnect);
  return 0;
}

int Socket::startReading() { return uv_read_start(&handle_->uv.stream, &Handle::allocate, &Handle::onRead); }

int Socket::write(std::string& bytes) {
  assert(!writing());
  uv_buf_t rest{};
  rest.base = bytes.data();
  rest.len = bytes.size();
  // Whatever went wrong, a full buffer or a dead peer, the write below meets it again and reports it from the loop.
  const int written = std::max(0, uv_try_write(&handle_->uv.stream, &rest, 1));
  const auto offset = static_cast<size_t>(written);
  if (offset == bytes.size()) {
    bytes.clear();
    if (bytes.capacity() > kKeepWriteBytes) bytes = std::string();
    return 0;
  }
  handle_->output = std::exchange(bytes, std::string());
  rest.base = handle_->output.data() + offset;
  rest.len = handle_->output.size() - offset;
  const int status = uv_write(&handle_->write, &handle_->uv.stream, &rest, 1, &Handle::onWritten);
  handle_->writing = status == 0;
  return status;
}

bool Socket::writing() const { return handle_->writing; }

size_t Socket::unwritten() const { return handle_->writing ? uv_stream_get_write_queue_size(&handle_->uv.stream) : 0; }

}  // namespace aurochs::redis
