// The data: two interleaved half circles with noise. Put your own in their place, read_csv and Encoder for a table.
#pragma once

#include <cinta/cinta.hpp>

#include <cmath>

/// n points [n, 2], and 1 for those of the lower half circle, [n, 1].
inline cinta::Batch half_circles(std::int64_t n, std::uint64_t seed) {
  cinta::Tensor x = cinta::normal({n, 2}, 0, 0.15, {.seed = seed}), y = cinta::zeros({n, 1});
  for (std::int64_t i = 0; i < n; ++i) {
    const double angle = 3.14159265358979 * static_cast<double>(i / 2) / static_cast<double>(n / 2);
    const bool lower = i % 2 == 1;
    x.set({i, 0}, x(i, 0) + (lower ? 1 - std::cos(angle) : std::cos(angle)));
    x.set({i, 1}, x(i, 1) + (lower ? 0.5 - std::sin(angle) : std::sin(angle)));
    y.set({i, 0}, lower ? 1 : 0);
  }
  return {x, y};
}
