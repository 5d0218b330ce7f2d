#include "worker/progress_writer.h"

#include <utility>

#include "protocol/arguments.h"

namespace aurochs::worker {

ProgressWriter::ProgressWriter(Context context, Host* host) : context_(context), host_(host) {}

void ProgressWriter::progress(JobHandle handle, std::string json, Ticket ticket) {
  const Job* job = context_.jobs.find(handle);
  if (job == nullptr || job->state != JobState::kRunning) return;
  whenReady([this, handle, id = job->id, json = std::move(json), ticket = std::move(ticket)]() mutable {
    protocol::Arguments arguments = protocol::updateProgressArguments(context_.keys, id, json);
    redis::callScript(
        context_.commands, context_.options.scripts->updateProgress, std::move(arguments),
        [this, handle, json = std::move(json), ticket = std::move(ticket)](Result<redis::ReplyView> result) mutable {
          onProgressStored(handle, std::move(json), std::move(result));
        });
  });
}

void ProgressWriter::onProgressStored(JobHandle handle, std::string json, Result<redis::ReplyView> result) {
  Job* job = context_.jobs.find(handle);
  if (job != nullptr && result && result.value().integer() >= 0 && context_.wants(kInterestProgress)) {
    Event event = eventOf(EventType::kProgress, handle, *job);
    event.text = std::move(json);
    context_.sink.post(std::move(event));
  }
  host_->onStored(handle);
}

void ProgressWriter::log(JobHandle handle, std::string row, Ticket ticket) {
  const Job* job = context_.jobs.find(handle);
  if (job == nullptr || job->state != JobState::kRunning) return;
  std::string keep = protocol::keepLogs(job->hash->get("opts"));
  whenReady(
      [this, handle, id = job->id, row = std::move(row), keep = std::move(keep), ticket = std::move(ticket)]() mutable {
        redis::callScript(
            context_.commands, context_.options.scripts->addLog,
            protocol::addLogArguments(context_.keys, id, std::move(row), std::move(keep)),
            [this, handle, ticket = std::move(ticket)](Result<redis::ReplyView>) { host_->onStored(handle); });
      });
}

void ProgressWriter::whenReady(Task task) {
  if (context_.commands.ready()) {
    task();
  } else {
    deferred_.push_back(std::move(task));
  }
}

void ProgressWriter::onReady() {
  for (Task& task : std::exchange(deferred_, {})) task();
}

}  // namespace aurochs::worker
