// The lessons that train, against plain loops from the same first values on the same data.
#include "lesson_support.hpp"
#include "plain_net.hpp"

#include <cinta/framework/data/batch_order.hpp>
#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/data/partition.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/train/metrics.hpp>
#include <cinta/models/logistic_regression.hpp>
#include <cinta/ops/ops.hpp>

#include <functional>

namespace {

using namespace lesson_support;
using namespace cinta;

double sigma(double x) { return 1 / (1 + std::exp(-x)); }

struct Line {
  double theta0 = 3.0, theta1 = 1.6;
};

// The data of the lesson descent.
struct Points {
  plain::Row x, y;
  Points() {
    const Tensor t = uniform({32, 1}, 0, 2, {.seed = 1, .stream = 1, .dtype = f64});
    x = plain::elements(t);
    const plain::Row noise = plain::elements(normal({32, 1}, 0, 0.4, {.seed = 1, .stream = 2, .dtype = f64}));
    for (std::size_t i = 0; i < x.size(); ++i) y.push_back(1 + 2 * x[i] + noise[i]);
  }
  double loss(const Line& l) const {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += std::pow(l.theta0 + l.theta1 * x[i] - y[i], 2);
    return sum / 32;
  }
  // ∇ of the mean over some rows.
  Line slope(const Line& l, const std::vector<std::int64_t>& rows) const {
    Line g{0, 0};
    for (const std::int64_t row : rows) {
      const auto i = static_cast<std::size_t>(row);
      const double error = 2 * (l.theta0 + l.theta1 * x[i] - y[i]) / static_cast<double>(rows.size());
      g.theta0 += error;
      g.theta1 += error * x[i];
    }
    return g;
  }
};

// Which rows each of 64 updates takes.
std::vector<std::vector<std::int64_t>> updates_of(Size size, Order order) {
  BatchOrder batches(32, {.size = size, .seed = 1, .order = order});
  const Tensor numbers = arange(0, 32, 1, f64);
  std::vector<std::vector<std::int64_t>> updates;
  for (std::int64_t epoch = 0; updates.size() < 64; ++epoch) {
    batches.begin_epoch(epoch);
    while (batches.advance()) {
      Tensor taken;
      batches.take(numbers, taken);
      auto& rows = updates.emplace_back();
      for (const double row : plain::elements(taken)) rows.push_back(static_cast<std::int64_t>(row));
    }
  }
  return updates;
}

// That rows 4k … 4k + 3 of "steps" and row k of "ends" are the path of these updates.
void check_path(const Json& json, std::size_t k, const Points& points, Size size, Order order,
                const std::function<void(Line&, const Line& g)>& update) {
  Line line;
  const auto updates = updates_of(size, order);
  for (std::size_t t = 0; t <= 64; ++t) {
    if (t > 0) update(line, points.slope(line, updates[t - 1]));
    if (t >= 4) continue;
    BOOST_TEST(near(at(json, "steps", 4 * k + t, "theta0"), line.theta0), k << " " << t);
    BOOST_TEST(near(at(json, "steps", 4 * k + t, "theta1"), line.theta1), k << " " << t);
    BOOST_TEST(near(at(json, "steps", 4 * k + t, "loss"), points.loss(line)), k << " " << t);
  }
  BOOST_TEST(at(json, "ends", k, "updates") == 64);
  BOOST_TEST(near(at(json, "ends", k, "theta0"), line.theta0, 1e-10), k);
  BOOST_TEST(near(at(json, "ends", k, "theta1"), line.theta1, 1e-10), k);
  BOOST_TEST(near(at(json, "ends", k, "loss"), points.loss(line), 1e-10), k);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lesson_training)

BOOST_AUTO_TEST_CASE(descent_and_its_variants_go_where_plain_loops_go) {
  const Json json = json_of("descent");
  const Points points;
  const auto plainly = [](Line& l, const Line& g) { l = {l.theta0 - 0.1 * g.theta0, l.theta1 - 0.1 * g.theta1}; };
  check_path(json, 0, points, full_batch, Order::reshuffled, plainly);
  check_path(json, 1, points, 8, Order::reshuffled, plainly);
  check_path(json, 2, points, 1, Order::with_replacement, plainly);
  Line v{0, 0}, s{0, 0};
  check_path(json, 3, points, full_batch, Order::reshuffled, [&](Line& l, const Line& g) {
    v = {0.8 * v.theta0 + 0.1 * g.theta0, 0.8 * v.theta1 + 0.1 * g.theta1};
    l = {l.theta0 - v.theta0, l.theta1 - v.theta1};
  });
  check_path(json, 4, points, full_batch, Order::reshuffled, [&](Line& l, const Line& g) {
    s = {s.theta0 + g.theta0 * g.theta0, s.theta1 + g.theta1 * g.theta1};
    l = {l.theta0 - 0.5 * g.theta0 / std::sqrt(1e-10 + s.theta0),
         l.theta1 - 0.5 * g.theta1 / std::sqrt(1e-10 + s.theta1)};
  });
}

BOOST_AUTO_TEST_CASE(descent_ends_at_the_least_squares_of_the_normal_equations) {
  const Json json = json_of("descent");
  const Points points;
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    sx += points.x[i];
    sy += points.y[i];
    sxx += points.x[i] * points.x[i];
    sxy += points.x[i] * points.y[i];
  }
  const double theta1 = (32 * sxy - sx * sy) / (32 * sxx - sx * sx), theta0 = (sy - theta1 * sx) / 32;
  for (const std::size_t row : {0u, 1u}) {
    BOOST_TEST(near(at(json, "solution", row, "theta0"), theta0, 1e-7));
    BOOST_TEST(near(at(json, "solution", row, "theta1"), theta1, 1e-7));
  }
  BOOST_TEST(near(at(json, "solution", 1, "theta1"), theta1));
}

BOOST_AUTO_TEST_CASE(the_network_of_xor_learns_as_plain_loops_do) {
  struct Network {
    Linear hidden{2, 8};
    Linear out{8, 1};
  } start;
  init(start, {.seed = 1, .dtype = f64});
  plain::Net net(start);
  const plain::Rows x{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
  const plain::Row y{0, 1, 1, 0};
  const Json json = json_of("xor");
  std::size_t row = 0;
  for (int epoch = 0; epoch <= 500; ++epoch) {
    if (epoch > 0) net.step(x, y, {.loss = plain::Loss::logistic, .rate = 0.05, .decay = 0.01});
    if (row == rows(json, "network") || at(json, "network", row, "epoch") != epoch) continue;
    BOOST_TEST(near(at(json, "network", row, "loss"), net.loss(x, y, plain::Loss::logistic), 1e-9), epoch);
    for (const auto& [column, i] : {std::pair{"p00", 0u}, {"p01", 1u}, {"p10", 2u}, {"p11", 3u}})
      BOOST_TEST(near(at(json, "network", row, column), sigma(net(x[i])), 1e-9), epoch);
    ++row;
  }
  BOOST_TEST(row == 6u);
  BOOST_TEST((at(json, "network", 5, "p01") > 0.99 && at(json, "network", 5, "p11") < 0.01));
}

BOOST_AUTO_TEST_CASE(mlp_counts_its_parameters_and_has_the_heads_losses) {
  const Json json = json_of("mlp");
  BOOST_TEST(value(json, "parameters") == (4 * 8 + 8) + (8 * 3 + 3));
  BOOST_TEST((at(json, "layers", 0, "weights") == 32 && at(json, "layers", 1, "biases") == 3));
  BOOST_TEST(near(at(json, "examples", 0, "loss"), 0.3 * 0.3));
  BOOST_TEST(near(at(json, "examples", 1, "output"), sigma(0.8)));
  BOOST_TEST(near(at(json, "examples", 1, "loss"), -std::log(sigma(0.8))));
  const double p = std::exp(0.8) / (std::exp(0.8) + std::exp(-0.2) + std::exp(0.1));
  BOOST_TEST(near(at(json, "examples", 2, "output"), p));
  BOOST_TEST(near(at(json, "examples", 2, "loss"), -std::log(p)));
}

BOOST_AUTO_TEST_CASE(mlp_starts_at_the_loss_of_its_first_values_and_learns_iris) {
  const Json json = json_of("mlp");
  const Table table = read_csv(dataset("iris"));
  const Partition part = partition(table, "target", {.valid = 0.2, .test = 0.2, .seed = 1});
  const Encoder encoder = Encoder::fit(table.select(part.train), "target");
  const Batch train = encoder.encode(table.select(part.train), f64);
  Mlp start({.inputs = 4, .hidden = {8}, .outputs = 3, .activation = Activation::tanh});
  init(start, {.seed = 1, .dtype = f64});
  const plain::Row w = plain::elements(start.layers[0].weight.value()),
                   v = plain::elements(start.layers[1].weight.value());
  const plain::Rows x = plain::rows_of(train.x);
  double loss = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {  // biases start at zero
    double z[3] = {}, total = 0;
    for (std::size_t j = 0; j < 8; ++j) {
      double u = 0;
      for (std::size_t f = 0; f < 4; ++f) u += x[i][f] * w[8 * f + j];
      for (std::size_t k = 0; k < 3; ++k) z[k] += std::tanh(u) * v[3 * j + k];
    }
    for (const double logit : z) total += std::exp(logit);
    loss += (std::log(total) - z[train.y.span<std::int32_t>()[i]]) / static_cast<double>(x.size());
  }
  BOOST_TEST(near(value(json, "loss_before"), loss));
  double right = 0, all = 0;
  for (std::size_t k = 0; k < 3; ++k)
    for (const std::string& species : encoder.classes()) {
      const double n = at(json, "confusion", k, species.c_str());
      all += n;
      if (species == encoder.classes()[k]) right += n;
    }
  BOOST_TEST(all == static_cast<double>(part.test.size()));
  BOOST_TEST(near(value(json, "accuracy"), right / all));
  BOOST_TEST(right / all > 0.9);
  const std::size_t last = rows(json, "training") - 1;
  BOOST_TEST(at(json, "training", last, "valid") < 0.1 * value(json, "loss_before"));
}

BOOST_AUTO_TEST_CASE(regularisation_starts_as_plain_loops_do) {
  const auto points = [](std::int64_t n, std::uint64_t stream) {
    const Tensor x = uniform({n, 1}, -1, 1, {.seed = 3, .stream = stream, .dtype = f64});
    const plain::Row noise = plain::elements(normal({n, 1}, 0, 0.4, {.seed = 3, .stream = stream + 1, .dtype = f64}));
    std::pair<plain::Rows, plain::Row> data{plain::rows_of(x), {}};
    for (std::size_t i = 0; i < noise.size(); ++i) data.second.push_back(std::sin(3 * data.first[i][0]) + noise[i]);
    return data;
  };
  const auto [x, y] = points(16, 1);
  const auto [valid_x, valid_y] = points(24, 3);
  const Json json = json_of("regularisation");
  Mlp start({.inputs = 1, .hidden = {40, 40}, .activation = Activation::tanh});
  init(start, {.seed = 1, .dtype = f64});
  const std::pair<const char*, plain::Settings> methods[] = {
      {"none", {}}, {"l1", {.l1 = 0.001}}, {"l2", {.l2 = 0.001}}};
  for (const auto& [method, settings] : methods) {
    plain::Net net(start);
    std::size_t row = 0;
    for (int epoch = 1; epoch <= 100; ++epoch) {
      net.step(x, y, settings);
      if (at(json, "training", row, "epoch") != epoch) continue;
      BOOST_TEST(near(at(json, "training", row, method), net.loss(x, y, plain::Loss::squared), 1e-8), method << epoch);
      BOOST_TEST(near(at(json, "validation", row, method), net.loss(valid_x, valid_y, plain::Loss::squared), 1e-8),
                 method << epoch);
      ++row;
    }
    BOOST_TEST(row == 4u);
  }
}

BOOST_AUTO_TEST_CASE(regularisation_does_what_the_lesson_says) {
  const Json json = json_of("regularisation");
  enum { none, l1, l2, dropout, early };
  const auto result = [&](std::size_t method, const char* column) { return at(json, "results", method, column); };
  for (const std::size_t method : {l1, l2, dropout, early}) {
    BOOST_TEST(result(none, "train") < result(method, "train"));
    BOOST_TEST(result(none, "valid") > result(method, "valid"));
    BOOST_TEST(result(none, "truth") > result(method, "truth"));
  }
  BOOST_TEST(result(l1, "zero") > 90);
  BOOST_TEST(result(none, "zero") < 10);
  BOOST_TEST(result(l2, "l2") < 0.2 * result(none, "l2"));
  BOOST_TEST(result(l1, "l1") < 0.2 * result(none, "l1"));
  BOOST_TEST((result(early, "epochs") < 500 && result(none, "epochs") == 4000));
}

BOOST_AUTO_TEST_CASE(churn_deals_the_rows_and_knows_the_majority) {
  const Json json = json_of("churn");
  const Table table = read_csv(dataset("telco_churn"));
  double leave = 0;
  for (std::int64_t row = 0; row < table.rows(); ++row) leave += table.text(row, table.index("churn")) == "Yes";
  const double share = leave / 7043;
  BOOST_TEST((at(json, "parts", 1, "rows") == 1056 && at(json, "parts", 2, "rows") == 1409));
  BOOST_TEST(at(json, "parts", 0, "rows") == 7043 - 1056 - 1409);
  for (std::size_t part = 0; part < 3; ++part) BOOST_TEST(near(at(json, "parts", part, "churn"), 100 * share, 1e-3));
  BOOST_TEST(value(json, "features") == at(json, "encoder", 0, "features") + at(json, "encoder", 1, "features") +
                                            at(json, "encoder", 2, "features"));
  BOOST_TEST(near(at(json, "metrics", 0, "majority"), 1 - share, 1e-3));
  BOOST_TEST(at(json, "metrics", 4, "majority") == 0.5);
  BOOST_TEST(
      near(at(json, "metrics", 5, "majority"), -share * std::log(share) - (1 - share) * std::log(1 - share), 1e-4));
  BOOST_TEST(near(at(json, "metrics", 6, "majority"), share * (1 - share), 1e-3));
}

BOOST_AUTO_TEST_CASE(churn_s_logistic_regression_is_that_of_plain_loops) {
  const Json json = json_of("churn");
  const Table table = read_csv(dataset("telco_churn"));
  const Partition part = partition(table, "churn", {.valid = 0.15, .test = 0.2, .seed = 1});
  const Encoder encoder = Encoder::fit(table.select(part.train), "churn");
  const Batch train = encoder.encode(table.select(part.train), f64),
              test = encoder.encode(table.select(part.test), f64);
  models::LogisticRegression start(encoder.feature_count());
  init(start, {.seed = 1});
  plain::Net net(start);
  const plain::Rows x = plain::rows_of(train.x), test_x = plain::rows_of(test.x);
  const plain::Row y = plain::elements(train.y);
  for (int epoch = 0; epoch < 300; ++epoch) net.step(x, y, {.loss = plain::Loss::logistic, .rate = 0.05, .l2 = 0.5e-4});
  plain::Row p;
  for (const plain::Row& row : test_x) p.push_back(sigma(net(row)));
  const Metrics metrics =
      classification_metrics(tensor(std::span<const double>(p), {static_cast<std::int64_t>(p.size()), 1}), test.y);
  BOOST_TEST(near(at(json, "metrics", 4, "logistic"), metrics.at("roc_auc"), 1e-3));
  BOOST_TEST(near(at(json, "metrics", 5, "logistic"), metrics.at("log_loss"), 1e-4));
  BOOST_TEST(near(at(json, "metrics", 6, "logistic"), metrics.at("brier"), 1e-4));
}

BOOST_AUTO_TEST_CASE(churn_s_network_is_the_one_that_cinta_train_makes) {
  const Json json = json_of("churn");
  const Workplace work;
  const Outcome outcome = work.run(
      {"train", "--data", dataset("telco_churn"), "--target", "churn", "--seed", "1", "--out", work.path("model")});
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.error);
  const Json trained = Json::parse(work.read("model/metrics.json"));
  BOOST_TEST(trained.at("best_epoch").get<double>() == value(json, "best_epoch"));
  std::size_t row = 0;
  for (const auto& [name, figure] : trained.at("test").items())
    BOOST_TEST(near(at(json, "metrics", row++, "network"), figure.get<double>()), name);
  BOOST_TEST(row == 7u);
}

BOOST_AUTO_TEST_SUITE_END()
