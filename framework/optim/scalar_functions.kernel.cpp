// Each is lane 0 of a pack.
#if !defined(__AVX512F__)  // one set serves every machine: the functions of packs have the same bits on all

#include <cinta/framework/core/pack_functions.hpp>
#include <cinta/framework/optim/scalar_functions.hpp>

namespace cinta {

double power(double base, double exponent) { return pow(Pack<double>(base), Pack<double>(exponent)).lane(0); }
std::pair<double, double> powers(double base, double other_base, double exponent) {
  const double bases[]{base, other_base};
  const Pack<double> y = pow(Pack<double>::load(bases, 2), Pack<double>(exponent));
  return {y.lane(0), y.lane(1)};
}
double cosine_of(double x) { return cos(Pack<double>(x)).lane(0); }
double square_root(double x) { return sqrt(Pack<double>(x)).lane(0); }

}  // namespace cinta

#endif
