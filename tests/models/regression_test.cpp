// Linear, logistic and softmax regression by gradient descent against certified values, least squares and Newton's
// method.
#include <cinta/models/linear_regression.hpp>
#include <cinta/models/logistic_regression.hpp>

#include <cinta/framework/core/transforms.hpp>
#include <cinta/framework/data/table.hpp>
#include <cinta/framework/nn/init.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace cinta;
using namespace cinta::models;

namespace {

struct Data {
  Tensor x, y;  // f64; y [n, 1]
};

Data read(const std::string& file) {
  const Table table = read_csv(CINTA_SOURCE_DIR "/datasets/" + file);
  const std::int64_t n = table.rows(), k = table.columns() - 1;
  Data d{empty({n, k}, f64), empty({n, 1}, f64)};
  for (std::int64_t j = 0; j <= k; ++j)
    for (std::int64_t i = 0; i < n; ++i) {
      const double value = std::stod(std::string(table.text(i, j)));
      if (j == k) d.y.set({i, 0}, value);
      else d.x.set({i, j}, value);
    }
  return d;
}

// The largest eigenvalue of a symmetric matrix, by power iteration.
double largest_eigenvalue(const Tensor& h) {
  Tensor v = ones({h.size(0), 1}, f64);
  double value = 0;
  for (int i = 0; i < 500; ++i) {
    const Tensor next = matmul(h, v);
    value = std::sqrt(sum(square(next)).item<double>());
    v = next / value;
  }
  return value;
}

// Digits that agree: −log₁₀ of the relative error, at most 15.
double digits(double found, double certified) {
  const double error = std::abs(found - certified) / std::abs(certified);
  return error == 0 ? 15 : std::min(15.0, -std::log10(error));
}

// Trains on standardised columns at the rate 1 / λ of the Hessian 2 XᵀX / n, and returns θ in the units of the data.
std::vector<double> descended(const Data& d, DescentResult& result, bool with_momentum) {
  const Scaling sx(d.x), sy(d.y);
  const Tensor x = sx(d.x), y = sy(d.y);
  const Tensor h = matmul(x, x, {.transpose_a = true}) * (2.0 / static_cast<double>(x.size(0)));
  const double rate = 1 / largest_eigenvalue(h);
  LinearRegression model(x.size(1));
  init(model, {.seed = 1, .dtype = f64});
  result = train(model, x, y, with_momentum ? momentum(rate, 0.98) : gradient_descent(rate),
                 {.epochs = 600'000, .gradient_tolerance = 1e-13});
  return coefficients(model, sx, sy);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(regression)

BOOST_AUTO_TEST_CASE(gradient_descent_finds_longleys_certified_coefficients_to_six_digits) {
  const double certified[] = {-3482258.63459582, 15.0618722713733,    -0.0358191792925910, -2.02022980381683,
                              -1.03322686717359, -0.0511041056535807, 1829.15146461355};
  DescentResult result;
  const std::vector<double> b = descended(read("longley.csv"), result, false);
  BOOST_TEST_MESSAGE("longley: " << result.updates << " updates, gradient " << result.gradient_norm);
  BOOST_TEST((result.stopped == Stopped::gradient));
  for (std::size_t i = 0; i < 7; ++i) BOOST_TEST(digits(b[i], certified[i]) >= 6, "B" << i << " is " << b[i]);
}

BOOST_AUTO_TEST_CASE(momentum_finds_them_in_a_tenth_of_the_updates) {
  DescentResult plain, fast;
  const std::vector<double> a = descended(read("longley.csv"), plain, false);
  const std::vector<double> b = descended(read("longley.csv"), fast, true);
  for (std::size_t i = 0; i < 7; ++i) BOOST_TEST(digits(b[i], a[i]) >= 6);
  BOOST_TEST(fast.updates * 10 < plain.updates);
}

BOOST_AUTO_TEST_CASE(gradient_descent_finds_the_least_squares_fit_of_diabetes_to_six_digits) {
  const double exact[] = {152.133484162896, -10.0098662998, -239.815643672, 519.845920054,
                          324.384645502,    -792.175638552, 476.739021005,  101.043267938,
                          177.063237671,    751.273699557,  67.6266921837};
  DescentResult result;
  const std::vector<double> b = descended(read("diabetes.csv"), result, false);
  for (std::size_t i = 0; i < 11; ++i) BOOST_TEST(digits(b[i], exact[i]) >= 6, "θ" << i << " is " << b[i]);
}

BOOST_AUTO_TEST_CASE(the_variants_of_descent_agree_on_a_line) {
  Data d{linspace(0, 1, 40, f64), {}};
  d.x = reshape(d.x, {40, 1});
  d.y = d.x * 2.0 + 1.0;  // without noise every example has its minimum at the same θ
  for (const Size size : {full_batch, Size(8), Size(1)}) {
    LinearRegression model(1);
    init(model, {.seed = 1, .dtype = f64});
    const DescentResult r =
        train(model, d.x, d.y, gradient_descent(0.2), {.batch_size = size, .epochs = 2000, .gradient_tolerance = 1e-9});
    BOOST_TEST((r.stopped == Stopped::gradient));
    BOOST_TEST(std::abs(model.theta.weight.value()(0, 0) - 2) < 1e-6);
    BOOST_TEST(std::abs(model.theta.bias.value()(0) - 1) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(descent_stops_when_the_loss_changes_no_more) {
  const Data d = read("diabetes.csv");
  const Scaling sx(d.x), sy(d.y);
  LinearRegression model(10);
  init(model, {.seed = 1, .dtype = f64});
  const auto r = train(model, sx(d.x), sy(d.y), gradient_descent(0.1), {.epochs = 5000, .loss_tolerance = 1e-7});
  BOOST_TEST((r.stopped == Stopped::loss));
  BOOST_TEST(r.epochs < 5000);
  BOOST_TEST(r.updates == r.epochs);
}

BOOST_AUTO_TEST_CASE(descent_at_too_high_a_rate_says_so) {
  const Data d = read("diabetes.csv");
  const Scaling sx(d.x), sy(d.y);
  LinearRegression model(10);
  init(model, {.seed = 1, .dtype = f64});
  try {
    descend(model, MeanSquaredError{}, gradient_descent(5), {sx(d.x), sy(d.y)},
            {.epochs = 2000, .gradient_tolerance = 1e-9});
    BOOST_ERROR("nothing was thrown");
  } catch (const Error& e) {
    BOOST_TEST(std::string(e.what()).find("descend: the loss is ") != std::string::npos, e.what());
    BOOST_TEST(std::string(e.what()).find("lower the learning rate") != std::string::npos, e.what());
  }
}

BOOST_AUTO_TEST_CASE(logistic_regression_agrees_with_newtons_method) {
  const Table table = read_csv(CINTA_SOURCE_DIR "/datasets/breast_cancer.csv");
  const std::int64_t n = table.rows(), k = 5;  // five of the features
  Data d{empty({n, k}, f64), empty({n, 1}, f64)};
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < k; ++j) d.x.set({i, j}, std::stod(std::string(table.text(i, j))));
    d.y.set({i, 0}, table.text(i, table.columns() - 1) == "malignant" ? 1 : 0);
  }
  const Tensor x = Scaling(d.x)(d.x);
  const double lambda = 0.01;
  LogisticRegression model(k);
  init(model, {.seed = 1, .dtype = f64});
  const DescentResult r =
      train(model, x, d.y, nesterov(1, 0.95), lambda, {.epochs = 20'000, .gradient_tolerance = 1e-12});
  BOOST_TEST((r.stopped == Stopped::gradient));

  // Newton's method on [θ₀, θ], in plain loops, with Gauss elimination.
  const auto m = static_cast<std::size_t>(k + 1);
  std::vector<double> theta(m, 0.0);
  for (int step = 0; step < 30; ++step) {
    std::vector<std::vector<double>> a(m, std::vector<double>(m + 1, 0.0));
    for (std::int64_t i = 0; i < n; ++i) {
      std::vector<double> row(m, 1.0);
      double u = theta[0];
      for (std::size_t j = 1; j < m; ++j) {
        row[j] = x(i, static_cast<std::int64_t>(j) - 1);
        u += theta[j] * row[j];
      }
      const double p = 1 / (1 + std::exp(-u)), w = p * (1 - p) / static_cast<double>(n);
      for (std::size_t j = 0; j < m; ++j) {
        a[j][m] -= (p - d.y(i, 0)) * row[j] / static_cast<double>(n);
        for (std::size_t l = 0; l < m; ++l) a[j][l] += w * row[j] * row[l];
      }
    }
    for (std::size_t j = 1; j < m; ++j) {
      a[j][j] += lambda;
      a[j][m] -= lambda * theta[j];
    }
    for (std::size_t c = 0; c < m; ++c)
      for (std::size_t r2 = 0; r2 < m; ++r2) {
        if (r2 == c) continue;
        const double f = a[r2][c] / a[c][c];
        for (std::size_t l = c; l <= m; ++l) a[r2][l] -= f * a[c][l];
      }
    for (std::size_t j = 0; j < m; ++j) theta[j] += a[j][m] / a[j][j];
  }
  BOOST_TEST(std::abs(model.theta.bias.value()(0) - theta[0]) < 1e-7);
  for (std::int64_t j = 0; j < k; ++j)
    BOOST_TEST(std::abs(model.theta.weight.value()(j, 0) - theta[static_cast<std::size_t>(j + 1)]) < 1e-7);
}

// With two classes softmax regression is logistic regression on the difference of the logits, at half the penalty.
BOOST_AUTO_TEST_CASE(softmax_regression_of_two_classes_is_logistic_regression) {
  const Tensor x = normal({80, 3}, 0, 1, {.seed = 1, .dtype = f64});
  const Tensor y = step(slice(x, 1, 0, 1) + normal({80, 1}, 0, 1, {.seed = 2, .dtype = f64}));
  LogisticRegression binary(3);
  SoftmaxRegression both(3, 2);
  init(binary, {.seed = 1, .dtype = f64});
  init(both, {.seed = 1, .dtype = f64});
  const DescentSettings settings{.epochs = 20'000, .gradient_tolerance = 1e-12};
  train(binary, x, y, nesterov(1, 0.9), 0.05, settings);
  train(both, x, reshape(y, {80}).to(i32), nesterov(1, 0.9), 0.1, settings);
  const Tensor p = binary.probability(x), q = both.probability(x);
  for (std::int64_t i = 0; i < 80; ++i) BOOST_TEST(std::abs(p(i, 0) - q(i, 1)) < 1e-9);
  BOOST_TEST(equal_bytes(binary.classify(x), reshape(both.classify(x), {80, 1}).to(f64)));
}

BOOST_AUTO_TEST_SUITE_END()
