// Against libtorch: optimizers take its trajectories in f64, and f32 values and gradients are at most twice as far from
// the f64 ones as its own. The figures beside this file are made by make_references.sh.
#include <cinta/framework/data/table.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

using namespace cinta;

namespace {

double number(const Table& table, std::int64_t row, const char* column) {
  return std::stod(std::string(table.text(row, table.index(column))));
}

struct Point {
  Parameter p{tensor({-1.2, 0.5, 0.8, -0.3, 1.0, -0.7, 0.1, 0.9}, f64)};
};

Tensor loss_of(const Point& point) {
  const Tensor a = slice(point.p, 0, 0, 4), b = slice(point.p, 0, 4, 8);
  return sum(square(1 - a) + 5 * square(b - square(a)) + sin(3 * a * b));
}

Optimizer optimizer_of(const std::string& name) {
  if (name == "sgd") return sgd(0.01);
  if (name == "sgd_decay") return sgd(0.01, {.weight_decay = 0.1});
  if (name == "momentum") return momentum(0.005, 0.9, {.dampening = 0.2});
  if (name == "nesterov") return nesterov(0.005, 0.9);
  if (name == "adagrad") return adagrad(0.1, {.learning_rate_decay = 0.01, .weight_decay = 0.01});
  if (name == "rmsprop") return rmsprop(0.01, {.centred = true, .momentum = 0.5});
  if (name == "adam") return adam(0.05, {.weight_decay = 0.01});
  if (name == "amsgrad") return adam(0.05, {.amsgrad = true});
  BOOST_REQUIRE(name == "adamw");
  return adamw(0.05, 0.1);
}

// The largest distance, relative to |b| or 2⁻⁶ max |b|, in units of 2⁻²⁴.
double distance(const Tensor& a32, const Tensor& b) {
  const Tensor a = convert(a32, f64);
  double largest = 0, worst = 0;
  for (const double v : b.span<double>()) largest = std::max(largest, std::abs(v));
  for (std::int64_t i = 0; i < b.size(); ++i) {
    const double x = a.data<double>()[i], y = b.data<double>()[i];
    worst = std::max(worst, std::abs(x - y) / std::max(std::abs(y), largest * 0x1p-6 + 1e-300));
  }
  return worst * 0x1p24;
}

using Function = std::function<Tensor(const Tensor&, const Tensor&)>;

const std::map<std::string, Function> functions{
    {"sqrt", [](auto& x, auto&) { return sqrt(x); }},
    {"square", [](auto& x, auto&) { return square(x); }},
    {"exp", [](auto& x, auto&) { return exp(x); }},
    {"expm1", [](auto& x, auto&) { return expm1(x); }},
    {"log", [](auto& x, auto&) { return log(x); }},
    {"log1p", [](auto& x, auto&) { return log1p(x); }},
    {"sin", [](auto& x, auto&) { return sin(x); }},
    {"cos", [](auto& x, auto&) { return cos(x); }},
    {"erf", [](auto& x, auto&) { return erf(x); }},
    {"tanh", [](auto& x, auto&) { return tanh(x); }},
    {"sigmoid", [](auto& x, auto&) { return sigmoid(x); }},
    {"log_sigmoid", [](auto& x, auto&) { return log_sigmoid(x); }},
    {"softplus", [](auto& x, auto&) { return softplus(x); }},
    {"elu", [](auto& x, auto&) { return elu(x); }},
    {"gelu", [](auto& x, auto&) { return gelu(x); }},
    {"silu", [](auto& x, auto&) { return silu(x); }},
    {"mul", [](auto& x, auto& z) { return x * z; }},
    {"div", [](auto& x, auto& z) { return x / z; }},
    {"pow", [](auto& x, auto& z) { return pow(x, z); }},
    {"sum", [](auto& x, auto&) { return sum(square(x), 1); }},
    {"mean", [](auto& x, auto&) { return mean(square(x), 0); }},
    {"var", [](auto& x, auto&) { return var(x, 1); }},
    {"logsumexp", [](auto& x, auto&) { return logsumexp(x, 1); }},
    {"softmax", [](auto& x, auto&) { return softmax(x, 1); }},
    {"log_softmax", [](auto& x, auto&) { return log_softmax(x, 1); }},
    {"matmul", [](auto& x, auto& z) { return matmul(x, z, {.transpose_b = true}); }},
    {"cross_entropy",
     [](auto& x, auto&) {
       Tensor y = empty({x.size(0)}, i32);
       for (std::int32_t i = 0; std::int32_t & v : y.mutable_span<std::int32_t>())
         v = i++ * 5 % static_cast<std::int32_t>(x.size(1));
       return CrossEntropy{}(x, y).value;
     }},
    {"binary_cross_entropy", [](auto& x, auto& z) { return binary_cross_entropy(x, (z > 4).to(x.dtype())); }},
};

// y and Σ w y's gradient, for the inputs that the reference has.
std::pair<Tensor, Tensor> run(const Function& f, bool positive, std::int64_t n, std::int64_t columns, Dtype dtype) {
  Tensor x = empty({n / columns, columns}, f64), z = empty({n / columns, columns}, f64);
  const auto xs = x.mutable_span<double>(), zs = z.mutable_span<double>();
  for (std::int64_t i = 0; i < n; ++i) {
    const auto scattered = [i](std::int64_t factor) {
      return static_cast<double>(i * factor % (1 << 22) + 1) / (1 << 19);
    };
    xs[static_cast<std::size_t>(i)] = scattered(2654435) - (positive ? 0 : 4);
    zs[static_cast<std::size_t>(i)] = scattered(1640531);
  }
  const Recording recording;
  const Tensor v = variable(x.to(dtype)), y = f(v, z.to(dtype));
  Tensor w = empty(y.shape(), f64);
  for (std::int64_t i = 0; double& value : w.mutable_span<double>()) value = static_cast<double>(i++ * 7 % 13 - 6) / 8;
  const Tensor g = backward(sum(y * w.to(dtype)))[v];
  return {y.detach(), g};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(libtorch)

BOOST_AUTO_TEST_CASE(optimizers_take_its_trajectories_of_100_steps) {
  const Table table = read_csv(CINTA_SOURCE_DIR "/tests/peers/libtorch_trajectories.csv");
  std::string name;
  std::optional<Optimizer> optimizer;
  Point point;
  std::int64_t done = 0;
  int compared = 0;
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    if (const std::string next(table.text(row, 0)); next != name) {
      name = next;
      optimizer = optimizer_of(name);
      point = Point{};
      done = 0;
    }
    for (; done < static_cast<std::int64_t>(number(table, row, "step")); ++done) {
      const Training training;
      optimizer->step(point, backward(loss_of(point)));
    }
    for (int i = 0; i < 8; ++i) {
      const double expected = std::stod(std::string(table.text(row, 2 + i))), found = point.p.value()(i);
      BOOST_TEST(std::abs(found - expected) <= 1e-6 * std::abs(expected),
                 name << " step " << done << " p" << i << ": " << found << ", libtorch " << expected);
      ++compared;
    }
  }
  BOOST_TEST(compared == 9 * 13 * 8);
}

BOOST_AUTO_TEST_CASE(f32_is_at_most_twice_as_far_from_f64_as_its_f32) {
  const Table table = read_csv(CINTA_SOURCE_DIR "/tests/peers/libtorch_errors.csv");
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    const std::string name(table.text(row, 0));
    const bool positive = number(table, row, "positive") != 0;
    const auto n = static_cast<std::int64_t>(number(table, row, "n")),
               columns = static_cast<std::int64_t>(number(table, row, "columns"));
    const auto [y32, g32] = run(functions.at(name), positive, n, columns, f32);
    const auto [y64, g64] = run(functions.at(name), positive, n, columns, f64);
    const double value = distance(y32, y64), gradient = distance(g32, g64);
    BOOST_TEST_MESSAGE(name << ": " << value << ", " << gradient << "; libtorch " << number(table, row, "value") << ", "
                            << number(table, row, "gradient"));
    // Where libtorch happens to be exact, as on sums of these numbers, half a unit in the last place is.
    BOOST_TEST(value <= 2 * std::max(0.5, number(table, row, "value")), name << "'s value: " << value);
    BOOST_TEST(gradient <= 2 * std::max(0.5, number(table, row, "gradient")), name << "'s gradient: " << gradient);
  }
  BOOST_TEST(table.rows() == static_cast<std::int64_t>(functions.size()));
}

BOOST_AUTO_TEST_SUITE_END()
