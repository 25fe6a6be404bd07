// grad: derivatives as values, which may be recorded and differentiated again.
#include <cinta/framework/core/sweep.hpp>
#include <cinta/framework/core/tape.hpp>

#include <fmt/format.h>

namespace cinta {
namespace {

Seed seed_for(const Arg& y, const Tensor& v) {
  const std::int32_t node = recorded_node(y, "grad");
  const Tensor& value = *y.tensor();
  if (!v.defined()) throw ValueError(y.where(), "grad: the seed is empty: it was never assigned");
  if (!(v.shape() == value.shape()))
    throw ShapeError(y.where(), fmt::format("grad: the seed's shape {} is not that of y, {}", to_string(v.shape()),
                                            to_string(value.shape())));
  if (v.dtype() != value.dtype())
    throw DtypeError(y.where(), fmt::format("grad: the seed is {}, and y is {}: convert it, v.to({})",
                                            to_string(v.dtype()), to_string(value.dtype()), to_string(value.dtype())));
  return {node, v};
}

std::vector<Tensor> grad_of(const std::vector<Seed>& seeds, const std::vector<Tensor>& xs, GradOptions options,
                            Where where) {
  std::vector<std::int32_t> nodes;
  for (const Tensor& x : xs) nodes.push_back(recorded_node(Arg(x, where), "grad"));
  std::vector<Tensor> gradients = gradients_at(*Scope::current()->tape(), seeds, nodes, false, options.create_graph);
  for (std::size_t k = 0; k < xs.size(); ++k) {
    if (!gradients[k].defined()) {
      if (!options.allow_unused)
        throw TapeError(where,
                        fmt::format("grad: the value does not depend on x number {} of shape {}: leave it out, or pass "
                                    "{{.allow_unused = true}} for zeros",
                                    k, to_string(xs[k].shape())));
      gradients[k] = filled(xs[k].shape(), 0, xs[k].dtype());
    }
    if (!options.create_graph) gradients[k] = gradients[k].detach();
  }
  return gradients;
}

}  // namespace

std::vector<Tensor> grad(const Arg& y, const std::vector<Tensor>& xs, GradOptions options) {
  const Tensor& value = values_of(y, "grad");
  if (value.size() != 1)
    throw ShapeError(y.where(), fmt::format("grad: wants a value of one element, not of shape {}: take its mean or "
                                            "sum, or pass a seed of its shape",
                                            to_string(value.shape())));
  return grad_of({seed_for(y, filled(value.shape(), 1, value.dtype()))}, xs, options, y.where());
}

std::vector<Tensor> grad(const Arg& y, const std::vector<Tensor>& xs, const Tensor& seed, GradOptions options) {
  return grad_of({seed_for(y, seed)}, xs, options, y.where());
}

std::vector<Tensor> grad(const std::vector<Tensor>& ys, const std::vector<Tensor>& xs, const std::vector<Tensor>& seeds,
                         GradOptions options, Where where) {
  if (ys.size() != seeds.size())
    throw ShapeError(where, fmt::format("grad: {} values and {} seeds", ys.size(), seeds.size()));
  std::vector<Seed> all;
  for (std::size_t i = 0; i < ys.size(); ++i) all.push_back(seed_for(Arg(ys[i], where), seeds[i]));
  return grad_of(all, xs, options, where);
}

}  // namespace cinta
