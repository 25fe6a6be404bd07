// Each rule of the table under its public name.
#include <cinta/framework/core/isa.hpp>
#include <cinta/ops/elementwise_table.hpp>
#include <cinta/ops/ops.hpp>

#include <algorithm>

namespace cinta {
namespace {

using rules::Rules;

// i32 for rules: exact, and sums and products wrap.
struct Integer {
  std::int32_t v;

  static Integer wrap(std::uint32_t u) { return {static_cast<std::int32_t>(u)}; }
  std::uint32_t u() const { return static_cast<std::uint32_t>(v); }
  friend Integer operator-(Integer a) { return wrap(0u - a.u()); }
  friend Integer operator+(Integer a, Integer b) { return wrap(a.u() + b.u()); }
  friend Integer operator-(Integer a, Integer b) { return wrap(a.u() - b.u()); }
  friend Integer operator*(Integer a, Integer b) { return wrap(a.u() * b.u()); }
  friend Integer maximum(Integer a, Integer b) { return a.v < b.v ? b : a; }
  friend Integer minimum(Integer a, Integer b) { return b.v < a.v ? b : a; }
  friend Integer abs(Integer a) { return a.v < 0 ? -a : a; }
  friend Integer sign(Integer a) { return {a.v > 0 ? 1 : a.v < 0 ? -1 : 0}; }
  friend bool operator<(Integer a, Integer b) { return a.v < b.v; }
  friend bool operator<=(Integer a, Integer b) { return a.v <= b.v; }
  friend bool operator>(Integer a, Integer b) { return a.v > b.v; }
  friend bool operator>=(Integer a, Integer b) { return a.v >= b.v; }
  friend bool operator==(Integer a, Integer b) { return a.v == b.v; }
  friend bool operator!=(Integer a, Integer b) { return a.v != b.v; }
};

template <class R> void integer_forward(std::int64_t n, void* y, const Run* x) {
  const auto at = [&](int i, std::int64_t k) {
    return Integer{static_cast<const std::int32_t*>(x[i].data)[k * x[i].step]};
  };
  for (std::int64_t k = 0; k < n; ++k) {
    if constexpr (rules::domain_of<R> == Domain::comparison)
      static_cast<std::uint8_t*>(y)[k] = R::forward(at(0, k), at(1, k));
    else if constexpr (rules::arity_of<R, Integer, Integer> == 1)
      static_cast<std::int32_t*>(y)[k] = R::forward(at(0, k)).v;
    else static_cast<std::int32_t*>(y)[k] = R::forward(at(0, k), at(1, k)).v;
  }
}

// The vjp of a rule on tensors, which record themselves where a scope records.
template <class R, bool flat> void tensor_vjp(VjpContext& c) {
  const Tensor g = flat ? reshape(Arg(c.gradient(), c.where()), Shape(c.saved_values(0).shape())) : c.gradient();
  const auto input = [&](int i) {
    if constexpr (R::saves == Saves::input) return c.saved(i);
    else return (void)i, rules::NotSaved{};
  };
  const auto output = [&] {
    if constexpr (R::saves == Saves::output) return c.saved(0);
    else return rules::NotSaved{};
  };
  constexpr int arity = rules::arity_of<R, Tensor, Tensor>;
  if constexpr (arity == 1) {
    if (c.needs(0)) c.give(0, R::vjp(g, input(0), output()));
  } else {
    [&]<int... I>(std::integer_sequence<int, I...>) {
      const auto give = [&]<int J>(std::integral_constant<int, J>) {
        if constexpr (J >= static_cast<int>(rules::mask_first_of<R>)) {
          if (c.needs(J)) c.give(J, R::template vjp<J>(g, input(I)..., output()));
        }
      };
      (give(std::integral_constant<int, I>{}), ...);
    }
    (std::make_integer_sequence<int, arity>{});
  }
}

const ElementwiseTable& table() { return CINTA_OF_SET(isa(), elementwise_table); }

template <class R, bool flat> ElementwiseOp make_op() {
  ElementwiseOp op;
  op.name = R::name;
  if constexpr (rules::is_differentiable<R>) {
    op.vjp = tensor_vjp<R, flat>;
    op.backward = elementwise_backward;
  }
  op.domain = rules::domain_of<R>;
  op.saves = R::saves;
  op.mask_first = rules::mask_first_of<R>;
  op.passes_gradient = rules::passes_gradient_of<R>;
  op.flat = flat;
  op.f32_kernels = &table().f32[Rules::index<R>];
  op.f64_kernels = &table().f64[Rules::index<R>];
  if constexpr (rules::domain_of<R> == Domain::arithmetic || rules::domain_of<R> == Domain::comparison)
    op.i32_forward = integer_forward<R>;
  return op;
}
template <class R, bool flat = false> const ElementwiseOp& op_of() {
  static const ElementwiseOp op = make_op<R, flat>();
  return op;
}

template <class R> Tensor run(const Arg& x) { return elementwise(op_of<R>(), {&x}); }
template <class R> Tensor run(const Arg& x, const Arg& y) { return elementwise(op_of<R>(), {&x, &y}); }
template <class R> Tensor run_flat(const Arg& x, const Arg& y) { return elementwise(op_of<R, true>(), {&x, &y}); }
template <class R> Tensor run(const Arg& x, const Arg& y, const Arg& z) {
  return elementwise(op_of<R>(), {&x, &y, &z});
}

// Masks of masks need no packs: bytes vectorise as they stand, where the compiler knows how far apart they are.
template <auto f> void logical_forward(std::int64_t n, void* y, const Run* x) {
  auto* const out = static_cast<std::uint8_t*>(y);
  const auto* const a = static_cast<const std::uint8_t*>(x[0].data);
  if constexpr (requires { f(true); }) {
    if (x[0].step == 0) std::fill_n(out, n, f(*a != 0));
    else std::transform(a, a + n, out, [](std::uint8_t v) { return f(v != 0); });
  } else {
    const auto* const b = static_cast<const std::uint8_t*>(x[1].data);
    if (x[0].step == 0) std::transform(b, b + n, out, [first = *a != 0](std::uint8_t w) { return f(first, w != 0); });
    else if (x[1].step == 0)
      std::transform(a, a + n, out, [second = *b != 0](std::uint8_t v) { return f(v != 0, second); });
    else std::transform(a, a + n, b, out, [](std::uint8_t v, std::uint8_t w) { return f(v != 0, w != 0); });
  }
}

template <auto f> Tensor run_logical(const char* name, std::initializer_list<const Arg*> args) {
  static const ElementwiseOp op = [name] {
    ElementwiseOp made;
    made.name = name;
    made.domain = Domain::logical;
    made.u8_forward = logical_forward<f>;
    return made;
  }();
  return elementwise(op, args);
}

}  // namespace

Tensor neg(const Arg& x) { return run<rules::Neg>(x); }
Tensor add(const Arg& x, const Arg& y) { return run<rules::Add>(x, y); }
Tensor sub(const Arg& x, const Arg& y) { return run<rules::Sub>(x, y); }
Tensor mul(const Arg& x, const Arg& y) { return run<rules::Mul>(x, y); }
Tensor div(const Arg& x, const Arg& y) { return run<rules::Div>(x, y); }
Tensor pow(const Arg& x, const Arg& y) { return run<rules::Pow>(x, y); }
Tensor maximum(const Arg& x, const Arg& y) { return run<rules::Maximum>(x, y); }
Tensor minimum(const Arg& x, const Arg& y) { return run<rules::Minimum>(x, y); }
Tensor abs(const Arg& x) { return run<rules::Abs>(x); }
Tensor sign(const Arg& x) { return run<rules::Sign>(x); }
Tensor square(const Arg& x) { return run<rules::Square>(x); }
Tensor sqrt(const Arg& x) { return run<rules::Sqrt>(x); }
Tensor exp(const Arg& x) { return run<rules::Exp>(x); }
Tensor expm1(const Arg& x) { return run<rules::Expm1>(x); }
Tensor log(const Arg& x) { return run<rules::Log>(x); }
Tensor log1p(const Arg& x) { return run<rules::Log1p>(x); }
Tensor sin(const Arg& x) { return run<rules::Sin>(x); }
Tensor cos(const Arg& x) { return run<rules::Cos>(x); }
Tensor erf(const Arg& x) { return run<rules::Erf>(x); }
Tensor tanh(const Arg& x) { return run<rules::Tanh>(x); }
Tensor sigmoid(const Arg& x) { return run<rules::Sigmoid>(x); }
Tensor log_sigmoid(const Arg& x) { return run<rules::LogSigmoid>(x); }
Tensor softplus(const Arg& x) { return run<rules::Softplus>(x); }
Tensor relu(const Arg& x) { return run<rules::Relu>(x); }
Tensor leaky_relu(const Arg& x, const Arg& slope) { return run<rules::LeakyRelu>(x, slope); }
Tensor elu(const Arg& x, const Arg& alpha) { return run<rules::Elu>(x, alpha); }
Tensor gelu(const Arg& x, GeluOptions options) {
  return options.tanh_approximation ? run<rules::GeluTanh>(x) : run<rules::Gelu>(x);
}
Tensor silu(const Arg& x) { return run<rules::Silu>(x); }
Tensor step(const Arg& x) { return run<rules::Step>(x); }
Tensor clamp(const Arg& x, const Arg& low, const Arg& high) { return run<rules::Clamp>(x, low, high); }
Tensor squared_difference(const Arg& x, const Arg& y) { return run<rules::SquaredDifference>(x, y); }
Tensor binary_cross_entropy(const Arg& u, const Arg& y) { return run<rules::LogitCrossEntropy>(u, y); }
Tensor flat_squared_difference(const Arg& x, const Arg& y) { return run_flat<rules::SquaredDifference>(x, y); }
Tensor flat_binary_cross_entropy(const Arg& u, const Arg& y) { return run_flat<rules::LogitCrossEntropy>(u, y); }
Tensor less(const Arg& x, const Arg& y) { return run<rules::Less>(x, y); }
Tensor less_equal(const Arg& x, const Arg& y) { return run<rules::LessEqual>(x, y); }
Tensor greater(const Arg& x, const Arg& y) { return run<rules::Greater>(x, y); }
Tensor greater_equal(const Arg& x, const Arg& y) { return run<rules::GreaterEqual>(x, y); }
Tensor equal(const Arg& x, const Arg& y) { return run<rules::Equal>(x, y); }
Tensor not_equal(const Arg& x, const Arg& y) { return run<rules::NotEqual>(x, y); }
Tensor isfinite(const Arg& x) { return run<rules::IsFinite>(x); }
Tensor select(const Arg& mask, const Arg& a, const Arg& b) { return run<rules::Select>(mask, a, b); }
Tensor logical_and(const Arg& x, const Arg& y) {
  return run_logical<[](bool a, bool b) { return a && b; }>("logical_and", {&x, &y});
}
Tensor logical_or(const Arg& x, const Arg& y) {
  return run_logical<[](bool a, bool b) { return a || b; }>("logical_or", {&x, &y});
}
Tensor logical_xor(const Arg& x, const Arg& y) {
  return run_logical<[](bool a, bool b) { return a != b; }>("logical_xor", {&x, &y});
}
Tensor logical_not(const Arg& x) {
  return run_logical<[](bool a) { return !a; }>("logical_not", {&x});
}

}  // namespace cinta
