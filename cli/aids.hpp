// What may watch a training run: a profile, the memory. For the subcommand that trains.
#pragma once

#include <cinta/framework/io/profile.hpp>
#include <cinta/framework/optim/memory_report.hpp>

#include <fmt/format.h>

#include <optional>

namespace cinta::cli {

class Aids {
 public:
  /// An empty path: no profile. Throws `FileError` when it can't be written.
  Aids(const std::string& profile, bool memory) {
    if (!profile.empty()) profile_.emplace(profile, Where{});
    if (memory) watch_.emplace();
  }

  /// The run is over: writes the profile's file; what was asked for, as text.
  template <class M> std::string finish(const M& net, const Optimizer& optimizer) {
    std::string text;
    if (profile_) {
      profile_->finish();
      text += "\n" + profile_->table();
    }
    if (watch_) text += "\n" + memory_report(net, optimizer).text();
    return text;
  }

 private:
  std::optional<Profile> profile_;
  std::optional<MemoryWatch> watch_;
};

}  // namespace cinta::cli
