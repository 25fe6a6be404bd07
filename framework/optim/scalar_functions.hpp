// Functions of one number that training may call: on packs, so that their bits don't vary with the machine's libm.
// For schedules and for what links prepare once a step.
#pragma once

#include <utility>

namespace cinta {

/// bˣ as C's pow, ≤ 0.8 ulp.
[[gnu::visibility("default")]] double power(double base, double exponent);
/// Both powers at once, with the same bits.
[[gnu::visibility("default")]] std::pair<double, double> powers(double base, double other_base, double exponent);
/// cos x, ≤ 1 ulp.
[[gnu::visibility("default")]] double cosine_of(double x);
/// √x, correctly rounded.
[[gnu::visibility("default")]] double square_root(double x);

}  // namespace cinta
