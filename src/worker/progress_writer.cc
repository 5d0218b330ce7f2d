#include "worker/progress_writer.h"

#include <utility>
#include <vector>

#include "protocol/arguments.h"

namespace aurochs::worker {

ProgressWriter::ProgressWriter(Context context, Host* host) : context_(context), host_(host) {}

void ProgressWriter::progress(JobHandle handle, std::string json, Ticket ticket) {
  add(handle, {std::move(json), std::nullopt, std::move(ticket)});
}

void ProgressWriter::log(JobHandle handle, std::string row, Ticket ticket) {
  const Job* job = context_.jobs.find(handle);
  if (job == nullptr) return;
  add(handle, {std::move(row), protocol::keepLogs(job->hash->get("opts")), std::move(ticket)});
}

void ProgressWriter::add(JobHandle handle, Store store) {
  const Job* job = context_.jobs.find(handle);
  if (job == nullptr || !job->isRunning()) return;
  store.id = job->id;
  store.attempt = job->attempt;
  std::deque<Store>& line = lines_[handle];
  line.push_back(std::move(store));
  if (line.size() == 1) sendFirst(handle);
}

void ProgressWriter::sendFirst(JobHandle handle) {
  if (!context_.commands.ready()) return;  // onReady() goes on
  const Store& first = lines_.at(handle).front();
  const auto done = [this, handle](const Result<redis::ReplyView>& result) { onReply(handle, result); };
  if (first.keepLogs) {
    redis::callScript(context_.commands, context_.options.scripts->addLog,
                      protocol::addLogArguments(context_.keys, first.id, first.text, *first.keepLogs), done);
  } else {
    redis::callScript(context_.commands, context_.options.scripts->updateProgress,
                      protocol::updateProgressArguments(context_.keys, first.id, first.text), done);
  }
}

void ProgressWriter::onReply(JobHandle handle, const Result<redis::ReplyView>& result) {
  const auto line = lines_.find(handle);
  if (line == lines_.end()) return;
  Store store = std::move(line->second.front());
  line->second.pop_front();
  const bool more = !line->second.empty();
  if (!more) lines_.erase(line);
  Job* job = context_.jobs.find(handle);
  // The slot may have another job by now, or the same one again.
  const bool current = job != nullptr && job->attempt == store.attempt;
  const bool stored = result && result.value().integer() >= 0;
  if (current && !store.keepLogs && stored && context_.wants(kInterestProgress)) {
    Event event = eventOf(EventType::kProgress, handle, *job);
    event.text = std::move(store.text);
    context_.sink.post(std::move(event));
  }
  if (more) sendFirst(handle);
  if (current) host_->onStored(handle);
}

void ProgressWriter::onReady() {
  std::vector<JobHandle> handles;
  handles.reserve(lines_.size());
  for (const auto& [handle, line] : lines_) handles.push_back(handle);
  for (const JobHandle handle : handles) sendFirst(handle);
}

}  // namespace aurochs::worker
