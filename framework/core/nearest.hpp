// The hint at the end of an error about an unknown name: "; did you mean \"adam\"?".
// Any floor may use it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cinta {

/// The number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`,
/// in characters (UTF-8), where ASCII letters of either case count as equal. No substring is edited twice
/// (the restricted, or optimal string alignment, distance).
/// Damerau, "A technique for computer detection and correction of spelling errors", CACM 7 (1964).
int edit_distance(std::string_view a, std::string_view b);

/// "; did you mean \"x\"?" where x is the name in `known` nearest to `name` (the first of several), or ""
/// when none is near: at most one edit for every three characters begun, and fewer edits than characters; else the
/// first that begins with `name`, of three characters or more.
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

}  // namespace cinta
