// The numbers of the lessons that follow something step by step, against plain loops.
#include "lesson_support.hpp"

#include <algorithm>
#include <array>

namespace {

using namespace lesson_support;

constexpr double inputs[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
double sigma(double x) { return 1 / (1 + std::exp(-x)); }

struct Step {
  int epoch, row;
  double u, prediction, w0, w1, b;
};

// Rosenblatt's rule, as the lecture writes it.
std::vector<Step> perceptron(const std::array<double, 4>& y, double rate, int epochs) {
  std::vector<Step> steps;
  double w[3] = {0.26, 0.90, -0.10};
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    bool mistake = false;
    for (int row = 0; row < 4; ++row) {
      const double x[3] = {inputs[row][0], inputs[row][1], 1};
      const double u = x[0] * w[0] + x[1] * w[1] + x[2] * w[2], prediction = u >= 0 ? 1 : 0;
      for (int i = 0; i < 3; ++i) w[i] += rate * (y[static_cast<std::size_t>(row)] - prediction) * x[i];
      mistake |= prediction != y[static_cast<std::size_t>(row)];
      steps.push_back({epoch, row, u, prediction, w[0], w[1], w[2]});
    }
    if (!mistake) break;
  }
  return steps;
}

void check_step(const Json& json, const char* table, std::size_t row, const Step& step) {
  BOOST_TEST(near(at(json, table, row, "u"), step.u), table << " " << row);
  BOOST_TEST(at(json, table, row, "prediction") == step.prediction);
  BOOST_TEST(near(at(json, table, row, "w0"), step.w0));
  BOOST_TEST(near(at(json, table, row, "w1"), step.w1));
  BOOST_TEST(near(at(json, table, row, "b"), step.b));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lesson_numbers)

BOOST_AUTO_TEST_CASE(perceptron_has_every_number_of_the_worked_example) {
  const Json json = json_of("perceptron");
  const std::vector<Step> steps = perceptron({0, 0, 0, 1}, 0.5, 10);
  BOOST_TEST_REQUIRE(rows(json, "steps") == 8u);
  BOOST_TEST_REQUIRE(steps.size() == 8u);
  for (std::size_t i = 0; i < 8; ++i) {
    check_step(json, "steps", i, steps[i]);
    BOOST_TEST(at(json, "steps", i, "epoch") == steps[i].epoch);
  }
  // the lecture's own figures
  BOOST_TEST(near(at(json, "steps", 0, "u"), -0.10));
  BOOST_TEST(at(json, "steps", 0, "error") == 0);
  BOOST_TEST(near(at(json, "steps", 1, "u"), 0.80));
  BOOST_TEST(at(json, "steps", 1, "error") == -1);
  BOOST_TEST(near(at(json, "steps", 1, "w1"), 0.40));
  BOOST_TEST(near(at(json, "steps", 1, "b"), -0.60));
  const double right[] = {-0.6, -0.2, -0.34, 0.06}, slip[] = {-0.5, -0.1, -0.24, 0.16};
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(near(at(json, "slip", i, "u"), right[i]));
    BOOST_TEST(near(at(json, "slip", i, "u_lecture"), slip[i]));
    BOOST_TEST(at(json, "slip", i, "prediction") == (i == 3));
    BOOST_TEST(at(json, "slip", i, "prediction_lecture") == (i == 3));
  }
}

BOOST_AUTO_TEST_CASE(perceptron_learns_and_and_or_and_never_xor) {
  const Json json = json_of("perceptron");
  BOOST_TEST(rows(json, "gates") == 12u);
  for (const Json& row : json.at("tables").at("gates")) {
    const bool possible = row.at("gate") != "XOR";
    BOOST_TEST((row.at("mistakes").get<double>() == 0) == possible, row.dump());
    BOOST_TEST((row.at("epochs").get<double>() < 100) == possible, row.dump());
    BOOST_TEST(row.at("learned") == (possible ? "yes" : "no"));
  }
}

BOOST_AUTO_TEST_CASE(xor_shows_the_perceptron_in_its_circle) {
  const Json json = json_of("xor");
  const std::vector<Step> steps = perceptron({0, 1, 1, 0}, 0.5, 12);
  BOOST_TEST_REQUIRE(rows(json, "perceptron") == 12u);
  for (std::size_t e = 0; e < 12; ++e) {
    const Step& last = steps[4 * e + 3];
    BOOST_TEST(near(at(json, "perceptron", e, "w0"), last.w0));
    BOOST_TEST(near(at(json, "perceptron", e, "w1"), last.w1));
    BOOST_TEST(near(at(json, "perceptron", e, "b"), last.b));
    BOOST_TEST(at(json, "perceptron", e, "mistakes") > 0);
  }
  const auto epoch = static_cast<std::size_t>(value(json, "repeats")),
             before = static_cast<std::size_t>(value(json, "repeated"));
  BOOST_TEST_REQUIRE((before >= 1 && epoch > before && epoch <= 12));
  for (const char* w : {"w0", "w1", "b"})
    BOOST_TEST(near(at(json, "perceptron", epoch - 1, w), at(json, "perceptron", before - 1, w)));
  for (std::size_t i = 0; i < 4; ++i) check_step(json, "circle", i, steps[4 * (epoch - 1) + i]);
}

BOOST_AUTO_TEST_CASE(activations_have_the_textbook_s_values_and_derivatives) {
  const Json json = json_of("activations");
  BOOST_TEST(rows(json, "values") == 9u);
  for (std::size_t i = 0; i < 9; ++i) {
    const double x = at(json, "values", i, "x"), s = sigma(x), t = std::tanh(x);
    const auto cell = [&](const char* column) { return at(json, "values", i, column); };
    BOOST_TEST(cell("step") == (x >= 0));
    BOOST_TEST((cell("linear") == x && cell("linear_derivative") == 1));
    BOOST_TEST((near(cell("sigmoid"), s, 1e-14) && near(cell("sigmoid_derivative"), s * (1 - s), 1e-14)));
    BOOST_TEST((near(cell("tanh"), t, 1e-14) && near(cell("tanh_derivative"), 1 - t * t, 1e-14)));
    BOOST_TEST((cell("relu") == std::max(0.0, x) && cell("relu_derivative") == (x > 0)));
  }
}

BOOST_AUTO_TEST_CASE(activations_have_the_jacobian_of_softmax_and_its_logistic_case) {
  const Json json = json_of("activations");
  const double z[] = {2, 1, 0.1}, total = std::exp(2) + std::exp(1) + std::exp(0.1);
  for (std::size_t i = 0; i < 3; ++i) {
    const double p = std::exp(z[i]) / total;
    BOOST_TEST(near(at(json, "softmax", i, "p"), p, 1e-14));
    for (std::size_t j = 0; j < 3; ++j) {
      const double q = std::exp(z[j]) / total;
      const std::string column = "dz" + std::to_string(j + 1);
      BOOST_TEST(near(at(json, "softmax", i, column.c_str()), i == j ? p * (1 - p) : -p * q, 1e-14));
    }
    const double v = at(json, "logistic", i, "z");
    BOOST_TEST(near(at(json, "logistic", i, "softmax"), sigma(v), 1e-14));
    BOOST_TEST(near(at(json, "logistic", i, "sigmoid"), sigma(v), 1e-14));
  }
}

BOOST_AUTO_TEST_CASE(backprop_follows_the_chain_rule_by_hand) {
  const Json json = json_of("backprop");
  const double x[2] = {1, 0.5}, w[2][2] = {{0.5, -0.3}, {0.2, 0.6}}, b[2] = {0.1, -0.1}, v[2] = {0.7, -0.4}, c = 0.2;
  double u[2], h[2], z = c;
  for (int j = 0; j < 2; ++j) {
    u[j] = x[0] * w[0][j] + x[1] * w[1][j] + b[j];
    h[j] = sigma(u[j]);
    z += h[j] * v[j];
  }
  const double y_hat = sigma(z), loss = -std::log(y_hat);
  const double forward[] = {x[0], x[1], u[0], u[1], h[0], h[1], z, y_hat, loss};
  BOOST_TEST_REQUIRE(rows(json, "forward") == 9u);
  for (std::size_t i = 0; i < 9; ++i) BOOST_TEST(near(at(json, "forward", i, "number"), forward[i], 1e-14));

  const double dz = y_hat - 1, dh[2] = {dz * v[0], dz * v[1]};
  const double du[2] = {dh[0] * h[0] * (1 - h[0]), dh[1] * h[1] * (1 - h[1])};
  const double backward[] = {-1 / y_hat, dz,           dz * h[0],    dz * h[1],    dz,           dh[0], dh[1], du[0],
                             du[1],      du[0] * x[0], du[1] * x[0], du[0] * x[1], du[1] * x[1], du[0], du[1]};
  const double local[] = {-1 / y_hat,
                          y_hat * (1 - y_hat),
                          h[0],
                          h[1],
                          1,
                          v[0],
                          v[1],
                          h[0] * (1 - h[0]),
                          h[1] * (1 - h[1]),
                          x[0],
                          x[0],
                          x[1],
                          x[1],
                          1,
                          1};
  BOOST_TEST_REQUIRE(rows(json, "backward") == 15u);
  for (std::size_t i = 0; i < 15; ++i) {
    BOOST_TEST(near(at(json, "backward", i, "number"), backward[i], 1e-14), i);
    BOOST_TEST(near(at(json, "backward", i, "local"), local[i], 1e-14), i);
  }

  const double values[] = {w[0][0], w[0][1], w[1][0], w[1][1], b[0], b[1], v[0], v[1], c};
  const double gradients[] = {backward[9],  backward[10], backward[11], backward[12], backward[13],
                              backward[14], backward[2],  backward[3],  backward[4]};
  BOOST_TEST_REQUIRE(rows(json, "parameters") == 9u);
  for (std::size_t i = 0; i < 9; ++i) {
    BOOST_TEST(at(json, "parameters", i, "value") == values[i]);
    BOOST_TEST(near(at(json, "parameters", i, "gradient"), gradients[i], 1e-14));
    BOOST_TEST(near(at(json, "parameters", i, "measured"), gradients[i], 1e-8));
    BOOST_TEST(near(at(json, "parameters", i, "updated"), values[i] - 0.5 * gradients[i], 1e-14));
  }
  BOOST_TEST(value(json, "largest_difference") < 1e-8);
  BOOST_TEST(near(value(json, "loss_before"), loss, 1e-14));
  BOOST_TEST(value(json, "loss_after") < loss);
}

BOOST_AUTO_TEST_CASE(inputs_are_standardised_by_hand) {
  const Json json = json_of("inputs");
  const double ages[] = {25, 30, 22, 28, 35, 20, 26}, ranks[] = {2, 1, 0, 2, 0, 1, 1}, men[] = {1, 0, 1, 1, 0, 1, 0},
               marks[] = {8.5, 7.2, 8.9, 7.8, 6.5, 8.2, 7.0};
  const auto scaling = [](const double(&x)[7]) {
    double mean = 0, squares = 0;
    for (const double v : x) mean += v / 7;
    for (const double v : x) squares += (v - mean) * (v - mean);
    return std::pair{mean, std::sqrt(squares / 7)};
  };
  const auto [age_mean, age_deviation] = scaling(ages);
  const auto [rank_mean, rank_deviation] = scaling(ranks);
  const auto [mark_mean, mark_deviation] = scaling(marks);
  BOOST_TEST(near(at(json, "columns", 1, "mean"), age_mean));
  BOOST_TEST(near(at(json, "columns", 1, "deviation"), age_deviation));
  BOOST_TEST(near(at(json, "columns", 3, "mean"), rank_mean));
  BOOST_TEST(std::isnan(at(json, "columns", 0, "mean")));
  for (std::size_t i = 0; i < 7; ++i) {
    BOOST_TEST(at(json, "features", i, "x1") == men[i]);
    BOOST_TEST(near(at(json, "features", i, "x2"), (ages[i] - age_mean) / age_deviation));
    BOOST_TEST(at(json, "features", i, "x3") == men[i]);  // in this table all the men exercise, and only they
    BOOST_TEST(near(at(json, "features", i, "x4"), (ranks[i] - rank_mean) / rank_deviation));
    BOOST_TEST(near(at(json, "features", i, "y"), (marks[i] - mark_mean) / mark_deviation));
    BOOST_TEST(at(json, "categories", i, "low") == (ranks[i] == 0));
    BOOST_TEST(at(json, "categories", i, "medium") == (ranks[i] == 1));
    BOOST_TEST(at(json, "categories", i, "high") == (ranks[i] == 2));
  }
  BOOST_TEST(at(json, "new_rows", 0, "x2") == 0);
  BOOST_TEST(near(at(json, "new_rows", 1, "x2"), (40 - age_mean) / age_deviation));
  BOOST_TEST(value(json, "imputed") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
