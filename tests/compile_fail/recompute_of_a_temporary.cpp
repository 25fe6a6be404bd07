// expect: recompute: the layer is gone before backward runs it again
#include <cinta/framework/core/recompute.hpp>
#include <cinta/framework/nn/mlp.hpp>

cinta::Tensor use(const cinta::Tensor& x) {
  return cinta::recompute(cinta::Mlp({.inputs = 3, .hidden = {4}, .outputs = 2}), x);
}
