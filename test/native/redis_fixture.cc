#include "redis_fixture.h"

#include <algorithm>
#include <csignal>
#include <utility>

namespace aurochs::test {

bool RecordingListener::sawCode(std::string_view code) const {
  return std::any_of(errors.begin(), errors.end(), [&](const Error& error) { return error.code == code; });
}

redis::ReplyHandler Answer::handler() {
  return [this](Result<redis::ReplyView> reply) {
    ++calls;
    ok = reply.ok();
    if (!ok) {
      error = reply.error();
      return;
    }
    type = reply.value().type();
    text = reply.value().text();
    integer = reply.value().integer();
  };
}

RedisConnectionTest::RedisConnectionTest() {
  std::signal(SIGPIPE, SIG_IGN);  // the I/O thread blocks it; here the loop runs on the test's thread
  uv_loop_init(&loop_);
}

RedisConnectionTest::~RedisConnectionTest() {
  if (connection_) closeAndWait();
  connection_.reset();
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_EQ(uv_loop_close(&loop_), 0) << "a handle was left open";
}

redis::Connection& RedisConnectionTest::connectTo(redis::Endpoint endpoint) {
  connection_ = std::make_unique<redis::Connection>(&loop_, std::move(endpoint), &listener_);
  connection_->connect();
  return *connection_;
}

void RedisConnectionTest::connectAndWait(redis::Endpoint endpoint) {
  connectTo(std::move(endpoint));
  ASSERT_TRUE(runUntil([&] { return connection_->ready(); }));
}

bool RedisConnectionTest::runUntil(const std::function<bool()>& done) {
  constexpr uint64_t kGiveUpMs = 60'000;
  auto* deadline = new uv_timer_t;
  bool passed = false;
  uv_timer_init(&loop_, deadline);
  deadline->data = &passed;
  uv_update_time(&loop_);
  uv_timer_start(
      deadline, [](uv_timer_t* timer) { *static_cast<bool*>(timer->data) = true; }, kGiveUpMs, 0);
  while (!done() && !passed) uv_run(&loop_, UV_RUN_ONCE);
  uv_close(reinterpret_cast<uv_handle_t*>(deadline),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
  return done();
}

void RedisConnectionTest::atState(redis::Connection::State state, const std::function<void()>& action) {
  bool reached = false;
  std::function<void()> look = [&] {
    if (reached || connection_->state() != state) return;
    reached = true;
    action();
  };
  look();
  // Before and after the poll, in which sockets move on.
  uv_prepare_t before;
  uv_check_t after;
  uv_prepare_init(&loop_, &before);
  uv_check_init(&loop_, &after);
  before.data = after.data = &look;
  uv_prepare_start(&before, [](uv_prepare_t* handle) { (*static_cast<std::function<void()>*>(handle->data))(); });
  uv_check_start(&after, [](uv_check_t* handle) { (*static_cast<std::function<void()>*>(handle->data))(); });
  EXPECT_TRUE(runUntil([&] { return reached; }));
  uv_close(reinterpret_cast<uv_handle_t*>(&before), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&after), nullptr);
  uv_run(&loop_, UV_RUN_NOWAIT);
}

void RedisConnectionTest::send(std::vector<std::string> args, redis::ReplyHandler handler) {
  const std::vector<std::string_view> views(args.begin(), args.end());
  connection_->send(views, std::move(handler));
}

Answer RedisConnectionTest::ask(std::vector<std::string> args) {
  Answer answer;
  send(std::move(args), answer.handler());
  EXPECT_TRUE(runUntil([&] { return answer.calls > 0; }));
  return answer;
}

void RedisConnectionTest::closeAndWait() {
  bool closed = false;
  connection_->close([&] { closed = true; });
  EXPECT_FALSE(closed) << "done ran inside close()";
  EXPECT_TRUE(runUntil([&] { return closed; }));
}

struct FakeServer::State {
  struct Client {
    uv_tcp_t tcp;
    State* state;
    char buffer[4096];
  };
  struct Write {
    uv_write_t request;
    std::string bytes;
    bool hangUp;
  };

  uv_tcp_t listening;
  Respond respond;
  std::vector<Client*> clients;
  int accepted = 0;
  uint16_t port = 0;

  void accept() {
    auto* client = new Client{};
    client->state = this;
    uv_tcp_init(listening.loop, &client->tcp);
    client->tcp.data = client;
    clients.push_back(client);
    ++accepted;
    uv_accept(reinterpret_cast<uv_stream_t*>(&listening), reinterpret_cast<uv_stream_t*>(&client->tcp));
    uv_read_start(
        reinterpret_cast<uv_stream_t*>(&client->tcp),
        [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
          *buffer = uv_buf_init(static_cast<Client*>(handle->data)->buffer, sizeof Client::buffer);
        },
        [](uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
          auto* peer = static_cast<Client*>(stream->data);
          if (count > 0) answer(peer, {buffer->base, static_cast<size_t>(count)});
          if (count < 0) drop(peer);
        });
    answer(client, {});
  }

  static void answer(Client* client, std::string_view received) {
    std::string bytes = client->state->respond(received);
    if (!bytes.empty()) say(client, std::move(bytes));
  }

  static void say(Client* client, std::string bytes) {
    auto* write = new Write{{}, std::move(bytes), false};
    if (write->bytes.ends_with(kHangUp)) {
      write->hangUp = true;
      write->bytes.resize(write->bytes.size() - kHangUp.size());
    }
    write->request.data = write;
    const uv_buf_t buffer = uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->bytes.size()));
    uv_write(&write->request, reinterpret_cast<uv_stream_t*>(&client->tcp), &buffer, 1, [](uv_write_t* request, int) {
      const std::unique_ptr<Write> done(static_cast<Write*>(request->data));
      if (done->hangUp) drop(static_cast<Client*>(request->handle->data));
    });
  }

  static void drop(Client* client) {
    auto* handle = reinterpret_cast<uv_handle_t*>(&client->tcp);
    if (uv_is_closing(handle)) return;
    std::erase(client->state->clients, client);
    uv_close(handle, [](uv_handle_t* closed) { delete static_cast<Client*>(closed->data); });
  }
};

FakeServer::FakeServer(uv_loop_t* loop, Respond respond) : state_(new State) {
  state_->respond = std::move(respond);
  uv_tcp_init(loop, &state_->listening);
  state_->listening.data = state_;
  sockaddr_in address;
  uv_ip4_addr("127.0.0.1", 0, &address);
  uv_tcp_bind(&state_->listening, reinterpret_cast<sockaddr*>(&address), 0);
  uv_listen(reinterpret_cast<uv_stream_t*>(&state_->listening), 16,
            [](uv_stream_t* stream, int) { static_cast<State*>(stream->data)->accept(); });
  int length = sizeof address;
  uv_tcp_getsockname(&state_->listening, reinterpret_cast<sockaddr*>(&address), &length);
  state_->port = ntohs(address.sin_port);
}

FakeServer::~FakeServer() {
  while (!state_->clients.empty()) State::drop(state_->clients.back());
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->listening),
           [](uv_handle_t* handle) { delete static_cast<State*>(handle->data); });
}

redis::Endpoint FakeServer::endpoint() const {
  redis::Endpoint endpoint;
  endpoint.port = state_->port;
  return endpoint;
}

void FakeServer::say(std::string bytes) { State::say(state_->clients.back(), std::move(bytes)); }

int FakeServer::clients() const { return state_->accepted; }

}  // namespace aurochs::test
