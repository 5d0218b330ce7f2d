#include "protocol/script_options.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace aurochs::protocol {

namespace {

using nlohmann::json;

// Queues use few distinct job options; the cap only guards against options that differ for every job.
constexpr size_t kMaxTemplates = 256;

constexpr unsigned char kFixMap = 0x80;
constexpr unsigned char kFixMapMax = 0x8e;  // one place must be left for the token
constexpr unsigned char kFixStr = 0xa0;
constexpr unsigned char kStr8 = 0xd9;

void appendString(std::string& out, std::string_view text) {
  assert(text.size() < 256);
  if (text.size() < 32) {
    out.push_back(static_cast<char>(kFixStr | text.size()));
  } else {
    out.push_back(static_cast<char>(kStr8));
    out.push_back(static_cast<char>(text.size()));
  }
  out.append(text);
}

std::string pack(const json& value) {
  std::string out;
  json::to_msgpack(value, out);
  return out;
}

bool nestsWithin(const json& value, int levels) {
  if (!value.is_structured()) return true;
  return levels > 0 &&
         std::all_of(value.begin(), value.end(), [&](const json& inner) { return nestsWithin(inner, levels - 1); });
}

// Parsing takes any depth, copying and packing recurse: an option that nests deeper counts as not given, lest a job
// that was added with thousands of levels overflow the I/O thread's stack. What is read of them is numbers and flags.
json parseOptions(std::string_view text) {
  constexpr int kMostLevels = 64;
  json options = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!options.is_object()) return json::object();
  for (auto option = options.begin(); option != options.end();) {
    option = nestsWithin(*option, kMostLevels) ? std::next(option) : options.erase(option);
  }
  return options;
}

bool flag(const json& options, const char* name) {
  const auto found = options.find(name);
  return found != options.end() && found->is_boolean() && found->get<bool>();
}

// BullMQ: the job's own removeOnComplete wins; `true` keeps none, `false` all, a number that many.
json keepJobs(const json& options, const json& ofWorker) {
  const auto found = options.find("removeOnComplete");
  if (found == options.end() || found->is_null()) {
    return ofWorker.is_null() ? json{{"count", -1}} : ofWorker;
  }
  if (found->is_object()) return *found;
  if (found->is_number()) return json{{"count", *found}};
  return json{{"count", found->is_boolean() && !found->get<bool>() ? -1 : 0}};
}

json fetchOptions(const ScriptSettings& settings) {
  json options{{"lockDuration", settings.lockDurationMs}};
  if (!settings.limiter.is_null()) options["limiter"] = settings.limiter;
  if (!settings.workerName.empty()) options["name"] = settings.workerName;
  return options;
}

}  // namespace

OptionsTemplate::OptionsTemplate(const json& withoutToken) : packed_(pack(withoutToken)) {
  const auto header = static_cast<unsigned char>(packed_[0]);
  assert(header >= kFixMap && header <= kFixMapMax);
  packed_[0] = static_cast<char>(header + 1);
  appendString(packed_, "token");
}

std::string OptionsTemplate::withToken(std::string_view token) const {
  std::string options;
  options.reserve(packed_.size() + token.size() + 2);
  options.append(packed_);
  appendString(options, token);
  return options;
}

ScriptOptions::ScriptOptions(ScriptSettings settings)
    : settings_(std::move(settings)), fetch_(fetchOptions(settings_)) {}

const FinishOptions& ScriptOptions::finish(std::string_view jobOptions) {
  const auto found = finish_.find(jobOptions);
  if (found != finish_.end()) return found->second;
  if (finish_.size() >= kMaxTemplates) finish_.clear();
  return finish_.emplace(std::string(jobOptions), makeFinish(jobOptions)).first->second;
}

FinishOptions ScriptOptions::makeFinish(std::string_view jobOptions) const {
  const json ofJob = parseOptions(jobOptions);
  const json keep = keepJobs(ofJob, settings_.keepCompleted);
  json options = fetchOptions(settings_);
  options["keepJobs"] = keep;
  options["attempts"] = ofJob.value("attempts", json(0));
  // The script compares with an empty string, so that "off" must not be nil.
  options["maxMetricsSize"] = settings_.maxMetricsSize > 0 ? json(settings_.maxMetricsSize) : json("");
  for (const char* name : {"fpof", "cpof", "idof", "rdof"}) options[name] = flag(ofJob, name);
  return {OptionsTemplate(options), KeepJobs::fromJson(keep)};
}

std::string keepLogs(std::string_view jobOptions) {
  const json options = parseOptions(jobOptions);
  const auto found = options.find("kl");
  if (found == options.end() || !found->is_number() || *found == 0) return {};
  return found->dump();
}

}  // namespace aurochs::protocol
