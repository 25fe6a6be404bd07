// expect: map: the lambda must capture nothing
// flags: -march=x86-64-v3 -ffp-contract=off
#include <cinta/ops/map.hpp>

cinta::Tensor shifted(const cinta::Tensor& x, const cinta::Tensor& by) {
  return cinta::map([&](auto u) { return u + by; }, x);
}
