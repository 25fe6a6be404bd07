// The compiled loops of every rule in the table.
#include <cinta/ops/elementwise_loops.hpp>
#include <cinta/ops/elementwise_table.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {
namespace {

template <class... R> constexpr ElementwiseTable make_table(rules::RuleList<R...>) {
  return {{kernels_of<R, float>...}, {kernels_of<R, double>...}};
}

}  // namespace

extern const ElementwiseTable elementwise_table;
constinit const ElementwiseTable elementwise_table = make_table(rules::Rules{});

}  // namespace CINTA_KERNELS
}  // namespace cinta
