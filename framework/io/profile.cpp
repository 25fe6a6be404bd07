#include <cinta/framework/io/profile.hpp>

#include <cinta/framework/core/inspection.hpp>
#include <cinta/framework/io/atomic_file.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <map>
#include <tuple>

namespace cinta {
namespace {

std::atomic<bool> one_runs{false};

// Microseconds since the first event, as trace events have them.
std::string to_json(const TraceEvent& e, double start) {
  nlohmann::json j = {{"name", e.name},
                      {"cat", e.op ? e.phase : "span"},
                      {"ph", "X"},
                      {"pid", 1},
                      {"tid", e.thread},
                      {"ts", (e.begin - start) * 1e6},
                      {"dur", (e.end - e.begin) * 1e6}};
  if (e.where.file != nullptr) j["args"]["line"] = fmt::format("{}:{}", e.where.file, e.where.line);
  if (e.op) {
    j["args"]["type"] = to_string(e.dtype);
    j["args"]["shape"] = to_string(e.shape);
    j["args"]["bytes"] = e.bytes;
    if (e.flops > 0 && e.end > e.begin) j["args"]["GFLOP/s"] = e.flops / (e.end - e.begin) * 1e-9;
  }
  return j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Outer before inner: by thread and begin, the longer first.
void sort_as_nested(std::vector<TraceEvent>& events) {
  std::stable_sort(events.begin(), events.end(), [](const TraceEvent& a, const TraceEvent& b) {
    return std::tuple(a.thread, a.begin, -a.end) < std::tuple(b.thread, b.begin, -b.end);
  });
}

std::vector<ProfileEntry> summed(const std::vector<TraceEvent>& events) {
  std::map<std::pair<std::string, std::string>, ProfileEntry> of_op;
  std::vector<std::pair<const TraceEvent*, ProfileEntry*>> open;  // ops around the one at hand
  for (const TraceEvent& e : events) {
    if (!e.op) continue;
    ProfileEntry& entry = of_op[{e.name, e.phase}];
    const double seconds = e.end - e.begin;
    while (!open.empty() && (open.back().first->thread != e.thread || open.back().first->end <= e.begin))
      open.pop_back();
    if (!open.empty()) open.back().second->seconds -= seconds;
    entry.op = e.name;
    entry.phase = e.phase;
    ++entry.calls;
    entry.seconds += seconds;
    entry.bytes += e.bytes;
    entry.flops += e.flops;
    open.emplace_back(&e, &entry);
  }
  std::vector<ProfileEntry> entries;
  for (auto& [key, entry] : of_op) entries.push_back(std::move(entry));
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  return entries;
}

}  // namespace

Profile::Profile(std::filesystem::path path, Where where)
    : path_(std::move(path)), exceptions_(std::uncaught_exceptions()) {
  if (one_runs.exchange(true)) throw ValueError(where, "profile: another one is running");
  try {
    write_file_atomically(path_, std::string_view("[]\n"));
    (void)take_trace();
  } catch (...) {
    one_runs = false;
    throw;
  }
  mark_time();
  begin_inspection(Inspection::profile);
}

void Profile::stop() noexcept {
  end_inspection(Inspection::profile);
  one_runs = false;
  running_ = false;
}

void Profile::finish() {
  if (!running_) return;
  stop();
  std::vector<TraceEvent> events = take_trace();
  sort_as_nested(events);
  double start = events.empty() ? 0 : events.front().begin;
  for (const TraceEvent& e : events) start = std::min(start, e.begin);
  entries_ = summed(events);
  write_file_atomically(path_, [&](OutputFile& out) {
    out.write("[");
    for (std::size_t i = 0; i < events.size(); ++i) out.write((i == 0 ? "\n" : ",\n") + to_json(events[i], start));
    out.write("\n]\n");
  });
}

Profile::~Profile() {
  if (!running_) return;
  try {
    finish();
    if (std::uncaught_exceptions() == exceptions_) std::fputs(table().c_str(), stderr);
  } catch (const std::exception& e) {
    if (running_) stop();
    std::fprintf(stderr, "%s\n", e.what());
  }
}

std::string Profile::table(std::size_t lines) const {
  double total = 0;
  for (const ProfileEntry& e : entries_) total += e.seconds;
  std::string out =
      fmt::format("{:<26} {:<8} {:>9} {:>11} {:>6} {:>7} {:>8}\n", "op", "", "calls", "ms", "%", "GB/s", "GFLOP/s");
  for (std::size_t i = 0; i < std::min(lines, entries_.size()); ++i) {
    const ProfileEntry& e = entries_[i];
    const double seconds = std::max(e.seconds, 1e-12);
    out += fmt::format("{:<26} {:<8} {:>9} {:>11.3f} {:>6.1f} {:>7.1f} {:>8}\n", e.op, e.phase, e.calls,
                       e.seconds * 1e3, 100 * e.seconds / std::max(total, 1e-12), e.bytes / seconds * 1e-9,
                       e.flops > 0 ? fmt::format("{:.1f}", e.flops / seconds * 1e-9) : "");
  }
  return out;
}

}  // namespace cinta
