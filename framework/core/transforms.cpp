#include <cinta/framework/core/transforms.hpp>

#include <fmt/format.h>

#include <cstring>

namespace cinta::detail {
namespace {

Tensors variables(const Tensors& xs, Where where) {
  Tensors leaves;
  for (const Tensor& x : xs) leaves.push_back(variable(x, where));
  return leaves;
}

Tensors values(Tensors xs) {
  for (Tensor& x : xs) x = x.detach();
  return xs;
}

void check_tangents(const char* what, const Tensors& xs, const Tensors& v, Where where) {
  if (xs.size() != v.size())
    throw ShapeError(where, fmt::format("{}: {} tensors and {} directions", what, xs.size(), v.size()));
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (!v[i].defined())
      throw ValueError(where, fmt::format("{}: the direction is empty: it was never assigned", what));
    if (!(xs[i].shape() == v[i].shape()))
      throw ShapeError(where, fmt::format("{}: the direction's shape {} is not that of x, {}", what,
                                          to_string(v[i].shape()), to_string(xs[i].shape())));
    if (xs[i].dtype() != v[i].dtype())
      throw DtypeError(where, fmt::format("{}: the direction is {}, and x is {}: convert it, v.to({})", what,
                                          to_string(v[i].dtype()), to_string(xs[i].dtype()), to_string(xs[i].dtype())));
  }
}

Tensors zeros_like(const Tensors& xs) {
  Tensors zeros;
  for (const Tensor& x : xs) zeros.push_back(filled(x.shape(), 0, x.dtype()));
  return zeros;
}

// ∇f, recorded.
Tensors gradient_of(TensorFunction f, const Tensors& xs, Where where) {
  const Tensor y = f(xs);
  if (y.node() < 0) return zeros_like(xs);
  return grad(Arg(y, where), xs, {.create_graph = true, .allow_unused = true});
}

// Σ vᵢ·∂gᵢ/∂x: zero where g is constant.
Tensors directional(const Tensors& gs, const Tensors& xs, const Tensors& v, Where where) {
  Tensors ys, seeds;
  for (std::size_t i = 0; i < gs.size(); ++i) {
    if (gs[i].node() < 0) continue;
    ys.push_back(gs[i]);
    seeds.push_back(v[i]);
  }
  return grad(ys, xs, seeds, {.allow_unused = true}, where);
}

Shape joined(const Shape& a, const Shape& b, const char* what, Where where) {
  if (a.rank() + b.rank() > Shape::max_rank)
    throw ShapeError(where, fmt::format("{}: {} and {} have more than {} axes together", what, to_string(a),
                                        to_string(b), Shape::max_rank));
  Shape shape = a;
  for (int i = 0; i < b.rank(); ++i) shape.push_back(b[i]);
  return shape;
}

// For each element of y, the gradients of the xs, one row each.
Tensors rows_of_gradients(const Tensor& y, const Tensors& xs, const char* what, Where where) {
  Tensors rows;
  for (const Tensor& x : xs) rows.push_back(filled(joined(y.shape(), x.shape(), what, where), 0, x.dtype()));
  if (y.node() < 0) return rows;
  std::vector<char*> to;
  for (Tensor& r : rows) to.push_back(static_cast<char*>(r.mutable_raw()));
  for (std::int64_t j = 0; j < y.size(); ++j) {
    Tensor seed = filled(Shape{y.size()}, 0, y.dtype());
    seed.set({j}, 1);
    const Tensors g = grad(Arg(y, where), xs, with_shape(seed, y.shape()), {.allow_unused = true});
    for (std::size_t i = 0; i < xs.size(); ++i)
      std::memcpy(to[i] + static_cast<std::size_t>(j) * g[i].bytes(), g[i].raw(), g[i].bytes());
  }
  return rows;
}

}  // namespace

std::pair<Tensor, Tensors> vjp(TensorFunction f, const Tensors& xs, const Tensor& v, Where where) {
  const Recording recording(where.file, where.line);
  const Tensors leaves = variables(xs, where);
  const Tensor y = f(leaves);
  if (y.node() < 0) return {y.detach(), zeros_like(xs)};
  return {y.detach(), values(grad(Arg(y, where), leaves, v, {.allow_unused = true}))};
}

std::pair<Tensor, Tensor> jvp(TensorFunction f, const Tensors& xs, const Tensors& v, Where where) {
  check_tangents("jvp", xs, v, where);
  const Recording recording(where.file, where.line);
  const Tensors leaves = variables(xs, where);
  const Tensor y = f(leaves);
  if (y.node() < 0) return {y.detach(), filled(y.shape(), 0, y.dtype())};
  const Tensor seed = variable(filled(y.shape(), 0, y.dtype()), where);
  const Tensors g = grad(Arg(y, where), leaves, seed, {.create_graph = true, .allow_unused = true});
  return {y.detach(), values(directional(g, {seed}, v, where))[0]};
}

Tensors jacobian(TensorFunction f, const Tensors& xs, Where where) {
  const Recording recording(where.file, where.line);
  const Tensors leaves = variables(xs, where);
  return rows_of_gradients(f(leaves), leaves, "jacobian", where);
}

Tensor hessian(TensorFunction f, const Tensor& x, Where where) {
  const Recording recording(where.file, where.line);
  const Tensors leaves = variables({x}, where);
  return rows_of_gradients(gradient_of(f, leaves, where)[0], leaves, "hessian", where)[0];
}

Tensors hvp(TensorFunction f, const Tensors& xs, const Tensors& v, Where where) {
  check_tangents("hvp", xs, v, where);
  const Recording recording(where.file, where.line);
  const Tensors leaves = variables(xs, where);
  return values(directional(gradient_of(f, leaves, where), leaves, v, where));
}

}  // namespace cinta::detail
