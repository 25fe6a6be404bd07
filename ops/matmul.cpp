// The op matmul: vectors, matrices and batches of them on top of gemm.
#include <cinta/ops/matmul.hpp>

#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/gemm.hpp>
#include <cinta/ops/ops.hpp>
#include <cinta/ops/promotion.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <tuple>

namespace cinta {
namespace {

using Size = std::int64_t;

// Batch axes, each with the distance in elements between neighbours in the two factors and in the result (0: repeated).
struct Batch {
  int rank = 0;
  Size size[Shape::max_rank], a[Shape::max_rank], b[Shape::max_rank], c[Shape::max_rank];

  Size count() const {
    Size n = 1;
    for (int i = 0; i < rank; ++i) n *= size[i];
    return n;
  }
};

// A matmul with vectors read as matrices: the sizes, where the matrices lie, and how the batches go. The roles of a, b
// and c are exchanged for the gradients.
struct Plan {
  Size m, n, k;
  bool a_transposed, b_transposed;
  Batch batch;
};

template <class T> MatrixView<T> view(const T* data, Size rows, Size columns, bool transposed) {
  return transposed ? MatrixView<T>{data, 1, rows} : MatrixView<T>{data, columns, 1};
}

// C (= or +=) A·B for every batch. Where batches share a C they are added one after the other, in order.
template <class T> void multiply(const Plan& plan, const T* a, const T* b, T* c, bool add) {
  const Batch& batch = plan.batch;
  const Size count = batch.count();
  const auto product = [&](Size index) {
    Size ao = 0, bo = 0, co = 0;
    bool again = false;  // an earlier batch has written this C
    for (int axis = batch.rank - 1; axis >= 0; --axis) {
      const Size i = index % batch.size[axis];
      index /= batch.size[axis];
      ao += i * batch.a[axis];
      bo += i * batch.b[axis];
      co += i * batch.c[axis];
      again = again || (i > 0 && batch.c[axis] == 0);
    }
    gemm<T>(plan.m, plan.n, plan.k, view(a + ao, plan.m, plan.k, plan.a_transposed),
            view(b + bo, plan.k, plan.n, plan.b_transposed), c + co, plan.n, {.add = add || again});
  };
  const bool shared = [&] {
    for (int axis = 0; axis < batch.rank; ++axis)
      if (batch.c[axis] == 0 && batch.size[axis] > 1) return true;
    return false;
  }();
  const double flops = 2.0 * static_cast<double>(plan.m) * static_cast<double>(plan.n) * static_cast<double>(plan.k);
  if (shared || flops >= 2 * gemm_parallel_flops) {  // such a product fills several threads itself
    for (Size i = 0; i < count; ++i) product(i);
    return;
  }
  parallel_chunks(count, static_cast<Size>(gemm_parallel_flops / (flops + 200)) + 1, [&](Size begin, Size end) {
    for (Size i = begin; i < end; ++i) product(i);
  });
}

void multiply(const Plan& plan, const Tensor& a, const Tensor& b, Tensor& c, bool add) {
  if (c.size() == 0) return;
  if (plan.batch.count() == 0) {  // nothing was multiplied, and the sum of nothing is 0
    if (!add) std::fill_n(static_cast<std::byte*>(c.mutable_raw()), c.bytes(), std::byte{0});
    return;
  }
  if (a.dtype() == f64) multiply(plan, a.data<double>(), b.data<double>(), c.mutable_data<double>(), add);
  else multiply(plan, a.data<float>(), b.data<float>(), c.mutable_data<float>(), add);
}

std::string operand(const Shape& shape, bool transposed) {
  return to_string(shape) + (transposed ? " transposed" : "");
}

[[noreturn, gnu::noinline]] void refuse(Where where, const Shape& a, const Shape& b, MatmulOptions o) {
  for (const auto& [shape, transposed, name] :
       {std::tuple{&a, o.transpose_a, "a"}, std::tuple{&b, o.transpose_b, "b"}}) {
    if (shape->rank() == 0)
      throw ShapeError(where,
                       fmt::format("matmul: takes vectors and matrices, not the scalars of {} × {}: multiply with *",
                                   to_string(a), to_string(b)));
    if (shape->rank() == 1 && transposed)
      throw ShapeError(where, fmt::format("matmul: transpose_{} wants a matrix, not the vector of shape {}", name,
                                          to_string(*shape)));
  }
  throw ShapeError(where, fmt::format("matmul: the inner sizes differ: {} × {}", operand(a, o.transpose_a),
                                      operand(b, o.transpose_b)));
}

[[noreturn, gnu::noinline]] void refuse_batches(Where where, const Shape& a, const Shape& b) {
  throw ShapeError(where,
                   fmt::format("matmul: the leading axes do not broadcast: {} × {}", to_string(a), to_string(b)));
}

// The plan of a product of tensors of these shapes; `result` gets its shape.
Plan make_plan(const Shape& a, const Shape& b, MatmulOptions o, Where where, Shape& result) {
  const int ra = a.rank(), rb = b.rank();
  if (ra == 0 || rb == 0 || (ra == 1 && o.transpose_a) || (rb == 1 && o.transpose_b)) refuse(where, a, b, o);
  Plan plan{};
  plan.a_transposed = o.transpose_a;
  plan.b_transposed = o.transpose_b;
  plan.m = ra == 1 ? 1 : a.back(o.transpose_a ? -1 : -2);
  plan.k = o.transpose_a ? a.back(-2) : a.back();
  plan.n = rb == 1 ? 1 : b.back(o.transpose_b ? -2 : -1);
  if ((rb == 1 ? b.back() : b.back(o.transpose_b ? -1 : -2)) != plan.k) refuse(where, a, b, o);

  Batch& batch = plan.batch;
  const int la = std::max(ra - 2, 0), lb = std::max(rb - 2, 0);
  batch.rank = std::max(la, lb);
  Size a_step = plan.m * plan.k, b_step = plan.k * plan.n;
  for (int axis = batch.rank - 1; axis >= 0; --axis) {
    const int ia = axis - (batch.rank - la), ib = axis - (batch.rank - lb);
    const Size sa = ia < 0 ? 1 : a[ia], sb = ib < 0 ? 1 : b[ib];
    if (sa != sb && sa != 1 && sb != 1) refuse_batches(where, a, b);
    batch.size[axis] = sa == 1 ? sb : sa;
    batch.a[axis] = sa == 1 ? 0 : a_step;
    batch.b[axis] = sb == 1 ? 0 : b_step;
    a_step *= sa;
    b_step *= sb;
  }
  Size c_step = plan.m * plan.n;
  for (int axis = batch.rank - 1; axis >= 0; --axis) {
    batch.c[axis] = c_step;
    c_step *= batch.size[axis];
  }
  for (int axis = 0; axis < batch.rank; ++axis) result.push_back(batch.size[axis]);
  if (ra > 1) result.push_back(plan.m);
  if (rb > 1) result.push_back(plan.n);
  if (plan.k == 0)
    result = Shape(std::span(result.begin(), result.end()), where);  // whose size no operand bounds: checked

  // Rows of all batches times one matrix are one product.
  const bool one_b = std::all_of(batch.b, batch.b + batch.rank, [](Size s) { return s == 0; });
  if (batch.rank > 0 && one_b && !o.transpose_a) {
    plan.m *= batch.count();
    batch.rank = 0;
  }
  return plan;
}

// ∂A = G·Bᵀ, or its transpose B·Gᵀ where A is used transposed.
Plan gradient_of_a(const Plan& p) {
  Plan q = p;
  if (!p.a_transposed) {
    q = {p.m, p.k, p.n, false, !p.b_transposed, p.batch};
    std::copy_n(p.batch.c, Shape::max_rank, q.batch.a);
  } else {
    q = {p.k, p.m, p.n, p.b_transposed, true, p.batch};
    std::copy_n(p.batch.b, Shape::max_rank, q.batch.a);
    std::copy_n(p.batch.c, Shape::max_rank, q.batch.b);
  }
  std::copy_n(p.batch.a, Shape::max_rank, q.batch.c);
  return q;
}

// ∂B = Aᵀ·G, or its transpose Gᵀ·A where B is used transposed.
Plan gradient_of_b(const Plan& p) {
  Plan q = p;
  if (!p.b_transposed) {
    q = {p.k, p.n, p.m, !p.a_transposed, false, p.batch};
    std::copy_n(p.batch.c, Shape::max_rank, q.batch.b);
  } else {
    q = {p.n, p.k, p.m, true, p.a_transposed, p.batch};
    std::copy_n(p.batch.c, Shape::max_rank, q.batch.a);
    std::copy_n(p.batch.a, Shape::max_rank, q.batch.b);
  }
  std::copy_n(p.batch.b, Shape::max_rank, q.batch.c);
  return q;
}

void matmul_backward(VjpContext& c) {
  const Tensor &a = c.saved_values(0), &b = c.saved_values(1), &g = c.gradient();
  const auto o = c.attributes<MatmulOptions>();
  Shape result;
  const Plan plan = make_plan(a.shape(), b.shape(), o, c.where(), result);
  bool add = false;
  if (c.needs(0)) {
    Tensor& da = c.accumulator(0, add);
    if (o.transpose_a) multiply(gradient_of_a(plan), b, g, da, add);
    else multiply(gradient_of_a(plan), g, b, da, add);
  }
  if (c.needs(1)) {
    Tensor& db = c.accumulator(1, add);
    if (o.transpose_b) multiply(gradient_of_b(plan), g, a, db, add);
    else multiply(gradient_of_b(plan), a, g, db, add);
  }
}

// A vector as the matrix it stands for.
Tensor as_matrix(const Tensor& x, const Shape& shape, Where where) {
  return x.shape() == shape ? x : reshape(Arg(x, where), shape);
}
// Summed over the batch axes it was repeated along, in the shape of the factor.
Tensor as_factor(const Tensor& x, const Shape& matrix, const Shape& factor, Where where) {
  const Tensor sum = x.shape() == matrix ? x : sum_to(Arg(x, where), matrix);
  return sum.shape() == factor ? sum : reshape(Arg(sum, where), factor);
}

void matmul_vjp(VjpContext& c) {
  const Where where = c.where();
  const auto o = c.attributes<MatmulOptions>();
  const Tensor a0 = c.saved(0), b0 = c.saved(1), g0 = c.gradient();
  const Shape sa = a0.rank() == 1 ? Shape{1, a0.size()} : a0.shape(),
              sb = b0.rank() == 1 ? Shape{b0.size(), 1} : b0.shape();
  Shape sg = c.output_shape();
  if (a0.rank() == 1) {  // put back the axes that a vector's product lacks
    const Shape s = sg;
    const int at = b0.rank() == 1 ? s.rank() : s.rank() - 1;
    sg = {};
    for (int i = 0; i <= s.rank(); ++i) sg.push_back(i == at ? 1 : s[i < at ? i : i - 1]);
  }
  if (b0.rank() == 1) sg.push_back(1);
  const Tensor a = as_matrix(a0, sa, where), b = as_matrix(b0, sb, where), g = as_matrix(g0, sg, where);
  const auto product = [&](const Tensor& x, const Tensor& y, bool tx, bool ty) {
    return matmul(Arg(x, where), Arg(y, where), {.transpose_a = tx, .transpose_b = ty});
  };
  if (c.needs(0)) {
    const Tensor da = o.transpose_a ? product(b, g, o.transpose_b, true) : product(g, b, false, !o.transpose_b);
    c.give(0, as_factor(da, sa, a0.shape(), where));
  }
  if (c.needs(1)) {
    const Tensor db = o.transpose_b ? product(g, a, true, o.transpose_a) : product(a, g, !o.transpose_a, false);
    c.give(1, as_factor(db, sb, b0.shape(), where));
  }
}

constexpr OpDef matmul_op{"matmul", matmul_vjp, matmul_backward};

}  // namespace

Tensor matmul(const Arg& a_arg, const Arg& b_arg, MatmulOptions options) {
  const Input a = input_of(a_arg, "matmul"), b = input_of(b_arg, "matmul");
  const Where where = a_arg.where();
  if (a.tensor->dtype() != b.tensor->dtype() || !is_floating(a.tensor->dtype())) [[unlikely]] {
    const Dtype dtype = float_among({a.tensor->dtype(), b.tensor->dtype()}, "matmul", where);
    Tensor made[2];
    return matmul(risen(a_arg, dtype, made[0]), risen(b_arg, dtype, made[1]), options);
  }
  Shape shape;
  const Plan plan = make_plan(a.tensor->shape(), b.tensor->shape(), options, where, shape);
  Tensor y = empty(shape, a.tensor->dtype());
  multiply(plan, *a.tensor, *b.tensor, y, false);
  Record(matmul_op, y, where, {a, b}).save(a).save(b).attributes(options);
  return y;
}

}  // namespace cinta
