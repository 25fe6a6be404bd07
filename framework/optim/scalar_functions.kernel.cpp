// Each is lane 0 of a pack.
#if !defined(__AVX512F__)  // one set serves every machine: the functions of packs have the same bits on all

#include <cinta/framework/core/pack_functions.hpp>
#include <cinta/framework/optim/scalar_functions.hpp>

namespace cinta {

double power(double base, double exponent) { return pow(Pack<double>(base), Pack<double>(exponent)).lane(0); }
double cosine_of(double x) { return cos(Pack<double>(x)).lane(0); }
double square_root(double x) { return sqrt(Pack<double>(x)).lane(0); }

}  // namespace cinta

#endif
