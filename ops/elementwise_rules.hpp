// The table of elementwise ops: each struct is all there is of its op. `forward` and `vjp` are generic: on packs they
// are one fused pass, on tensors they record themselves, so that gradients of any order follow from the same text. An
// op's public name is declared in ops.hpp and bound in elementwise.cpp; its row in tests/op_cases.hpp tests and times
// it.
#pragma once

#include <cinta/ops/elementwise.hpp>

#if !defined(CINTA_KERNELS)
#define CINTA_KERNELS user
#endif

namespace cinta::rules {
inline namespace CINTA_KERNELS {

/// Stands for what a rule did not ask to be saved.
struct NotSaved {};

// A number in the type of g: the derivative of a piecewise constant.
template <class G> G zero_of(const G& g) {
  if constexpr (std::is_same_v<G, Tensor>) return filled(g.shape(), 0, g.dtype());
  else return G(0);
}

// --- arithmetic
// ---------------------------------------------------------------------------------------------------------

/// y = −x.
struct Neg {
  static constexpr auto name = "neg";
  static constexpr auto saves = Saves::nothing;
  static constexpr auto domain = Domain::arithmetic;
  static auto forward(auto x) { return -x; }
  static auto vjp(auto g, auto, auto) { return -g; }
};

/// z = x + y.
struct Add {
  static constexpr auto name = "add";
  static constexpr auto saves = Saves::nothing;
  static constexpr auto domain = Domain::arithmetic;
  static constexpr unsigned passes_gradient = 0b11;
  static auto forward(auto x, auto y) { return x + y; }
  template <int> static auto vjp(auto g, auto, auto, auto) { return g; }
};

/// z = x − y.
struct Sub {
  static constexpr auto name = "sub";
  static constexpr auto saves = Saves::nothing;
  static constexpr auto domain = Domain::arithmetic;
  static constexpr unsigned passes_gradient = 0b01;
  static auto forward(auto x, auto y) { return x - y; }
  template <int I> static auto vjp(auto g, auto, auto, auto) {
    if constexpr (I == 0) return g;
    else return -g;
  }
};

/// z = x · y.
struct Mul {
  static constexpr auto name = "mul";
  static constexpr auto saves = Saves::input;
  static constexpr auto domain = Domain::arithmetic;
  static auto forward(auto x, auto y) { return x * y; }
  template <int I> static auto vjp(auto g, auto x, auto y, auto) {
    if constexpr (I == 0) return g * y;
    else return g * x;
  }
};

/// z = x / y.
struct Div {
  static constexpr auto name = "div";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x, auto y) { return x / y; }
  template <int I> static auto vjp(auto g, auto x, auto y, auto) {
    if constexpr (I == 0) return g / y;
    else return -g * ((x / y) / y);
  }
};

/// z = x^y, 0⁰ = 1. The gradient to x is 0 where y = 0, the gradient to y is 0 where x = 0 and y ≥ 0, as PyTorch's.
struct Pow {
  static constexpr auto name = "pow";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x, auto y) { return pow(x, y); }
  template <int I> static auto vjp(auto g, auto x, auto y, auto) {
    if constexpr (I == 0) return select(y == 0, 0, g * (y * pow(x, y - 1)));
    else return select((x == 0) & (y >= 0), 0, g * (pow(x, y) * log(x)));
  }
};

/// The larger; NaN wins. A tie gives half the gradient to each side, as PyTorch's.
struct Maximum {
  static constexpr auto name = "maximum";
  static constexpr auto saves = Saves::input;
  static constexpr auto domain = Domain::arithmetic;
  static auto forward(auto x, auto y) { return maximum(x, y); }
  template <int I> static auto vjp(auto g, auto x, auto y, auto) {
    if constexpr (I == 0) return select(x == y, g * 0.5, select(x < y, 0, g));
    else return select(x == y, g * 0.5, select(y < x, 0, g));
  }
};

/// The smaller; NaN wins. A tie gives half the gradient to each side, as PyTorch's.
struct Minimum {
  static constexpr auto name = "minimum";
  static constexpr auto saves = Saves::input;
  static constexpr auto domain = Domain::arithmetic;
  static auto forward(auto x, auto y) { return minimum(x, y); }
  template <int I> static auto vjp(auto g, auto x, auto y, auto) {
    if constexpr (I == 0) return select(x == y, g * 0.5, select(x > y, 0, g));
    else return select(x == y, g * 0.5, select(y > x, 0, g));
  }
};

/// |x|, with derivative 0 at 0.
struct Abs {
  static constexpr auto name = "abs";
  static constexpr auto saves = Saves::input;
  static constexpr auto domain = Domain::arithmetic;
  static auto forward(auto x) { return abs(x); }
  static auto vjp(auto g, auto x, auto) { return g * sign(x); }
};

/// −1, 0 or 1; NaN for NaN. The derivative is 0.
struct Sign {
  static constexpr auto name = "sign";
  static constexpr auto saves = Saves::nothing;
  static constexpr auto domain = Domain::arithmetic;
  static auto forward(auto x) { return sign(x); }
  static auto vjp(auto g, auto, auto) { return zero_of(g); }
};

/// x².
struct Square {
  static constexpr auto name = "square";
  static constexpr auto saves = Saves::input;
  static constexpr auto domain = Domain::arithmetic;
  static auto forward(auto x) { return x * x; }
  static auto vjp(auto g, auto x, auto) { return g * (2 * x); }
};

// --- roots, exponentials, trigonometry
// --------------------------------------------------------------------------------------

/// √x; NaN below 0.
struct Sqrt {
  static constexpr auto name = "sqrt";
  static constexpr auto saves = Saves::output;
  static auto forward(auto x) { return sqrt(x); }
  static auto vjp(auto g, auto, auto y) { return g / (2 * y); }
};

/// eˣ.
struct Exp {
  static constexpr auto name = "exp";
  static constexpr auto saves = Saves::output;
  static auto forward(auto x) { return exp(x); }
  static auto vjp(auto g, auto, auto y) { return g * y; }
};

/// eˣ − 1, exact near 0.
struct Expm1 {
  static constexpr auto name = "expm1";
  static constexpr auto saves = Saves::output;
  static auto forward(auto x) { return expm1(x); }
  static auto vjp(auto g, auto, auto y) { return g * (y + 1); }
};

/// The natural logarithm.
struct Log {
  static constexpr auto name = "log";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x) { return log(x); }
  static auto vjp(auto g, auto x, auto) { return g / x; }
};

/// log(1 + x), exact near 0.
struct Log1p {
  static constexpr auto name = "log1p";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x) { return log1p(x); }
  static auto vjp(auto g, auto x, auto) { return g / (1 + x); }
};

struct Sin {
  static constexpr auto name = "sin";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x) { return sin(x); }
  static auto vjp(auto g, auto x, auto) { return g * cos(x); }
};

struct Cos {
  static constexpr auto name = "cos";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x) { return cos(x); }
  static auto vjp(auto g, auto x, auto) { return -g * sin(x); }
};

/// The error function (2/√π) ∫₀ˣ e^(−t²) dt.
struct Erf {
  static constexpr auto name = "erf";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x) { return erf(x); }
  static auto vjp(auto g, auto x, auto) { return g * (1.1283791670955126 * exp(-(x * x))); }
};

// --- activations
// ------------------------------------------------------------------------------------------------------------

struct Tanh {
  static constexpr auto name = "tanh";
  static constexpr auto saves = Saves::output;
  static auto forward(auto x) { return tanh(x); }
  static auto vjp(auto g, auto, auto y) { return g * (1 - y * y); }
};

/// σ(x) = 1 / (1 + e⁻ˣ), without overflow.
struct Sigmoid {
  static constexpr auto name = "sigmoid";
  static constexpr auto saves = Saves::output;
  static auto forward(auto x) { return sigmoid(x); }
  static auto vjp(auto g, auto, auto y) { return g * (y * (1 - y)); }
};

/// log σ(x), finite for any finite x.
struct LogSigmoid {
  static constexpr auto name = "log_sigmoid";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x) { return log_sigmoid(x); }
  static auto vjp(auto g, auto x, auto) { return g * sigmoid(-x); }
};

/// log(1 + eˣ) = max(x, 0) + log1p(e^−|x|).
struct Softplus {
  static constexpr auto name = "softplus";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x) { return softplus(x); }
  static auto vjp(auto g, auto x, auto) { return g * sigmoid(x); }
};

/// max(x, 0), with derivative 0 at 0.
struct Relu {
  static constexpr auto name = "relu";
  static constexpr auto saves = Saves::output;
  static auto forward(auto x) { return maximum(x, 0); }
  static auto vjp(auto g, auto, auto y) { return select(y > 0, g, 0); }
};

/// x where x > 0, else slope · x. Maas et al. 2013.
struct LeakyRelu {
  static constexpr auto name = "leaky_relu";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x, auto slope) { return select(x > 0, x, slope * x); }
  template <int I> static auto vjp(auto g, auto x, auto slope, auto) {
    if constexpr (I == 0) return select(x > 0, g, g * slope);
    else return select(x > 0, 0, g * x);
  }
};

/// x where x > 0, else α (eˣ − 1). Clevert et al. 2016.
struct Elu {
  static constexpr auto name = "elu";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x, auto alpha) { return select(x > 0, x, alpha * expm1(x)); }
  template <int I> static auto vjp(auto g, auto x, auto alpha, auto) {
    if constexpr (I == 0) return select(x > 0, g, g * (alpha * exp(x)));
    else return select(x > 0, 0, g * expm1(x));
  }
};

/// x · Φ(x), Φ the normal distribution function. Hendrycks and Gimpel 2016.
struct Gelu {
  static constexpr auto name = "gelu";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x) { return 0.5 * x * (1 + erf(x * 0.7071067811865476)); }
  static auto vjp(auto g, auto x, auto) {
    return g * (0.5 * (1 + erf(x * 0.7071067811865476)) + x * (0.3989422804014327 * exp(-0.5 * (x * x))));
  }
};

/// GELU by its tanh approximation: x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))).
struct GeluTanh {
  static constexpr auto name = "gelu_tanh";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x) { return 0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * (x * x * x)))); }
  static auto vjp(auto g, auto x, auto) {
    auto t = tanh(0.7978845608028654 * (x + 0.044715 * (x * x * x)));
    return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (0.7978845608028654 * (1 + 0.134145 * (x * x))));
  }
};

/// x · σ(x). Swish with β = 1; Ramachandran et al. 2017, Elfwing et al. 2018.
struct Silu {
  static constexpr auto name = "silu";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x) { return x * sigmoid(x); }
  static auto vjp(auto g, auto x, auto) {
    auto s = sigmoid(x);
    return g * (s * (1 + x * (1 - s)));
  }
};

/// 1 for x ≥ 0, else 0, also for NaN. It has no derivative, and says so when one is asked of it.
struct Step {
  static constexpr auto name = "step";
  static constexpr bool differentiable = false;
  static constexpr auto saves = Saves::nothing;
  static auto forward(auto x) { return step(x); }
};

/// min(max(x, low), high). The gradient passes where low ≤ x ≤ high, and goes to the bound that cut elsewhere.
struct Clamp {
  static constexpr auto name = "clamp";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x, auto low, auto high) { return minimum(maximum(x, low), high); }
  template <int I> static auto vjp(auto g, auto x, auto low, auto high, auto) {
    if constexpr (I == 0) return select((x >= low) & (x <= high), g, 0);
    else if constexpr (I == 1) return select((x < low) & (low <= high), g, 0);
    else return select((x > high) | (low > high), g, 0);
  }
};

// --- masks
// ------------------------------------------------------------------------------------------------------------------

#define CINTA_COMPARISON(Name, text, op)                   \
  struct Name {                                            \
    static constexpr auto name = text;                     \
    static constexpr auto saves = Saves::nothing;          \
    static constexpr auto domain = Domain::comparison;     \
    static auto forward(auto x, auto y) { return x op y; } \
  };
CINTA_COMPARISON(Less, "less", <)
CINTA_COMPARISON(LessEqual, "less_equal", <=)
CINTA_COMPARISON(Greater, "greater", >)
CINTA_COMPARISON(GreaterEqual, "greater_equal", >=)
CINTA_COMPARISON(Equal, "equal", ==)
CINTA_COMPARISON(NotEqual, "not_equal", !=)
#undef CINTA_COMPARISON

struct IsFinite {
  static constexpr auto name = "isfinite";
  static constexpr auto saves = Saves::nothing;
  static constexpr auto domain = Domain::finiteness;
  static auto forward(auto x) { return isfinite(x); }
};

/// a where the mask is not 0, else b.
struct Select {
  static constexpr auto name = "select";
  static constexpr auto saves = Saves::input;
  static constexpr bool mask_first = true;
  static auto forward(auto mask, auto a, auto b) { return select(mask, a, b); }
  template <int I> static auto vjp(auto g, auto mask, auto, auto, auto) {
    if constexpr (I == 1) return select(mask, g, 0);
    else return select(mask, 0, g);
  }
};

// --- losses

/// z = (x − y)².
struct SquaredDifference {
  static constexpr auto name = "squared_difference";
  static constexpr auto saves = Saves::input;
  static auto forward(auto x, auto y) {
    const auto d = x - y;
    return d * d;
  }
  template <int I> static auto vjp(auto g, auto x, auto y, auto) {
    if constexpr (I == 0) return g * ((x - y) * 2);
    else return g * ((y - x) * 2);
  }
};

/// z = −(y log σ(u) + (1 − y) log(1 − σ(u))). Two softplus keep every digit for both classes: softplus(u) − y u cancels
/// where the prediction is right.
struct LogitCrossEntropy {
  static constexpr auto name = "binary_cross_entropy";
  static constexpr auto saves = Saves::input;
  static auto forward(auto u, auto y) { return y * softplus(-u) + (1 - y) * softplus(u); }
  template <int I> static auto vjp(auto g, auto u, auto y, auto) {
    if constexpr (I == 0) return g * ((1 - y) * sigmoid(u) - y * sigmoid(-u));
    else return -g * u;
  }
};

// What a rule leaves out has these defaults.
template <class R> constexpr Domain domain_of = [] {
  if constexpr (requires { R::domain; }) return R::domain;
  else return Domain::floating;
}();
template <class R> constexpr bool mask_first_of = requires { R::mask_first; };
template <class R> constexpr bool is_differentiable = domain_of<R> <= Domain::arithmetic && !requires {
  R::differentiable;
};
template <class R> constexpr unsigned passes_gradient_of = [] {
  if constexpr (requires { R::passes_gradient; }) return R::passes_gradient;
  else return 0u;
}();
// The number of operands, seen from values of type X and masks of type M.
template <class R, class X, class M> constexpr int arity_of = [] {
  using First = std::conditional_t<mask_first_of<R>, M, X>;
  if constexpr (requires(First f) { R::forward(f); }) return 1;
  else if constexpr (requires(First f, X x) { R::forward(f, x); }) return 2;
  else return 3;
}();

template <class... R> struct RuleList {
  static constexpr int size = sizeof...(R);
  template <class Rule> static constexpr int index = [] {
    int at = 0, found = -1;
    ((std::is_same_v<R, Rule> ? void(found = at++) : void(++at)), ...);
    return found;
  }();
};

/// Every rule that has compiled kernels; the order is that of the kernel tables.
using Rules = RuleList<Neg, Add, Sub, Mul, Div, Pow, Maximum, Minimum, Abs, Sign, Square, Sqrt, Exp, Expm1, Log, Log1p,
                       Sin, Cos, Erf, Tanh, Sigmoid, LogSigmoid, Softplus, Relu, LeakyRelu, Elu, Gelu, GeluTanh, Silu,
                       Step, Clamp, SquaredDifference, LogitCrossEntropy, Less, LessEqual, Greater, GreaterEqual, Equal,
                       NotEqual, IsFinite, Select>;

}  // namespace CINTA_KERNELS
}  // namespace cinta::rules
