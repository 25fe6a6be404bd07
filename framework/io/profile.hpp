// Profile: how long each op takes, as a trace for a browser and as a table. A light header, for everybody.
#pragma once

#include <cinta/framework/core/error.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace cinta {

/// All calls of one op in one phase.
struct ProfileEntry {
  std::string op;          // its name
  std::string phase;       // "forward" or "backward"
  std::int64_t calls = 0;  // how often it ran
  double seconds = 0;      // of its own, without those inside it
  double bytes = 0;        // read and written
  double flops = 0;        // of matrix products; 0 for other ops
};

/// While it lives, every recorded op of every thread is timed, forwards and backwards, and so is each `forward`,
/// `backward` and optimizer's `step` as a whole. `finish`, or its end, writes a file of Chrome's trace events (open it
/// in chrome://tracing or ui.perfetto.dev), with each op's type, shape, line, bytes and GFLOP/s.
///
/// An op's time begins where the op before it ended, or with the first use of a parameter that it takes: what stands
/// between two ops counts to the second. Ops of constants alone are not recorded, and count to the next.
/// Throws `FileError` when the file can't be written, at once, and `ValueError` when another profile is running.
class [[nodiscard]] Profile {
 public:
  /// Begins at once; the file is written at the end.
  explicit Profile(std::filesystem::path path, Where where = Where::here());
  /// Finishes, if need be, and prints `table()` on the standard error stream, unless an exception ends it; what goes
  /// wrong is printed too.
  ~Profile();
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  /// Ends the profile and writes the file.
  void finish();
  /// By the time that they took, the longest first. Empty before `finish`.
  const std::vector<ProfileEntry>& entries() const { return entries_; }
  /// The costliest, one a line: op, phase, calls, time and its share, GB/s, GFLOP/s.
  std::string table(std::size_t lines = 10) const;

 private:
  void stop() noexcept;

  std::filesystem::path path_;
  std::vector<ProfileEntry> entries_;
  bool running_ = true;
  int exceptions_;  // on their way when it began
};

}  // namespace cinta
