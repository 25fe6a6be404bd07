// Size: a count or width among options, given as any integer. A light header, for everybody.
#pragma once

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/visit.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>

namespace cinta {

/// A std::int64_t that braces and designated initialisers may give as any integer, a std::size_t too, where the plain
/// type would be an error of narrowing. Throws `ValueError` for one over 2^63 − 1.
class Size {
 public:
  /// From any integer.
  template <std::integral N> constexpr Size(N n) : value_(static_cast<std::int64_t>(n)) {
    if (!std::in_range<std::int64_t>(n)) throw ValueError("a size of " + std::to_string(n) + " is over 2^63 - 1");
  }
  /// As the library counts.
  constexpr operator std::int64_t() const { return value_; }

 private:
  std::int64_t value_;
};

template <> inline constexpr bool is_opaque_v<Size> = true;  // a module may keep one

}  // namespace cinta
