// cinta lesson descent: least squares ŷ = θ₀ + θ₁x by gradient descent, its variants, momentum and Adagrad.
#include "lessons.hpp"
#include "pictures.hpp"

#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>
#include <cinta/models/linear_regression.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cinta::cli {
namespace {

using models::LinearRegression;

constexpr std::int64_t rows = 32;
constexpr double start[] = {3.0, 1.6};

// y = 1 + 2x + noise, x in [0, 2).
const Batch& data() {
  static const Batch batch = [] {
    const Tensor x = uniform({rows, 1}, 0, 2, {.seed = 1, .stream = 1, .dtype = f64});
    const Tensor noise = normal({rows, 1}, 0, 0.4, {.seed = 1, .stream = 2, .dtype = f64});
    return Batch{x, 1 + 2 * x + noise};
  }();
  return batch;
}

LinearRegression model(double theta0, double theta1) {
  LinearRegression m(1);
  m.theta.weight = tensor({{theta1}}, f64);
  m.theta.bias = tensor({theta0}, f64);
  return m;
}

double loss_of(const LinearRegression& m) { return evaluate(m, MeanSquaredError{}, data()); }

struct Method {
  const char* key;
  Text name, rule;
  Optimizer (*optimizer)();
  Size batch;
  Size epochs;  // as many updates for each: 64
};

const std::vector<Method>& methods() {
  static const std::vector<Method> all{
      {"batch",
       {"batch", "por lote"},
       {"all 32 rows an update, α = 0.1", "las 32 filas por actualización, α = 0.1"},
       [] { return gradient_descent(0.1); },
       full_batch,
       64},
      {"mini_batch",
       {"mini-batch", "minilotes"},
       {"8 rows an update, α = 0.1", "8 filas por actualización, α = 0.1"},
       [] { return gradient_descent(0.1); },
       8,
       16},
      {"stochastic",
       {"stochastic", "estocástico"},
       {"1 row drawn at random, α = 0.1", "1 fila elegida al azar, α = 0.1"},
       [] { return gradient_descent(0.1); },
       1,
       2},
      {"momentum",
       {"momentum", "momento"},
       {"batch; ν ← 0.8ν + 0.1∇, θ ← θ − ν", "por lote; ν ← 0.8ν + 0.1∇, θ ← θ − ν"},
       [] { return momentum(0.1, 0.8, {.dialect = Dialect::keras}); },
       full_batch,
       64},
      {"adagrad",
       {"Adagrad", "Adagrad"},
       {"batch; G ← G + ∇², θ ← θ − 0.5 ∇/√(ε + G)", "por lote; G ← G + ∇², θ ← θ − 0.5 ∇/√(ε + G)"},
       [] { return adagrad(0.5, {.dialect = Dialect::keras}); },
       full_batch,
       64},
  };
  return all;
}

// θ and the loss over all rows, before any update and after each.
struct Path {
  std::vector<double> theta0, theta1, loss;
  void add(const LinearRegression& m) {
    theta0.push_back(m.theta.bias.value()(0));
    theta1.push_back(m.theta.weight.value()(0, 0));
    loss.push_back(loss_of(m));
  }
};

Path path_of(const Method& method) {
  LinearRegression m = model(start[0], start[1]);
  Path path;
  path.add(m);
  models::train(m, data().x, data().y, method.optimizer(),
                {.batch_size = method.batch, .epochs = method.epochs, .seed = 1}, [&](std::int64_t) { path.add(m); });
  return path;
}

// θ₁ = Σ (x − x̄)(y − ȳ) / Σ (x − x̄)², θ₀ = ȳ − θ₁x̄.
std::pair<double, double> least_squares() {
  const Tensor x = data().x - mean(data().x), y = data().y - mean(data().y);
  const double slope = (sum(x * y) / sum(square(x))).item<double>();
  return {mean(data().y).item<double>() - slope * mean(data().x).item<double>(), slope};
}

void tell_problem(Report& r) {
  r.say(
      {"Gradient descent minimises a loss: choose θ, then repeat θ ← θ − α∇L(θ) until it converges. Here the loss "
       "is least squares, for the line ŷ = θ₀ + θ₁x through 32 points drawn around y = 1 + 2x.",
       "El descenso del gradiente minimiza una pérdida: se elige θ y se repite θ ← θ − α∇L(θ) hasta que converja. "
       "Aquí la pérdida son los mínimos cuadrados, para la recta ŷ = θ₀ + θ₁x por 32 puntos tomados alrededor de "
       "y = 1 + 2x."});
  r.formula("L(θ) = (1/n) Σ (θ₀ + θ₁xᵢ − yᵢ)²");
  LinearRegression m = model(start[0], start[1]);
  const auto result =
      models::train(m, data().x, data().y, gradient_descent(0.1), {.epochs = 10'000, .gradient_tolerance = 1e-8});
  const auto [theta0, theta1] = least_squares();
  r.table("solution",
          {"where it ends, and what the formula of least squares gives",
           "dónde termina, y lo que da la fórmula de los mínimos cuadrados"},
          {{"how", {"", ""}},
           {"theta0", "θ₀", 6},
           {"theta1", "θ₁", 6},
           {"loss", "L", 6},
           {"updates", {"updates", "actualizaciones"}, 0}},
          {{Text("descent, until ‖∇L‖ ≤ 1e-8", "descenso, hasta ‖∇L‖ ≤ 1e-8"), m.theta.bias.value()(0),
            m.theta.weight.value()(0, 0), result.loss, double(result.updates)},
           {Text("formula", "fórmula"), theta0, theta1, loss_of(model(theta0, theta1)), std::nan("")}});
}

void tell_steps(Report& r, const std::vector<Path>& paths) {
  r.section({"Five ways down", "Cinco formas de bajar"});
  std::vector<std::vector<Cell>> about, steps, ends;
  const auto [best0, best1] = least_squares();
  for (std::size_t k = 0; k < paths.size(); ++k) {
    const Method& method = methods()[k];
    about.push_back({method.name, method.rule});
    for (std::size_t t = 0; t < 4; ++t)
      steps.push_back({method.name, double(t), paths[k].theta0[t], paths[k].theta1[t], paths[k].loss[t]});
    const std::size_t last = paths[k].loss.size() - 1;
    ends.push_back({method.name, double(last), double(std::int64_t{method.epochs}), paths[k].theta0[last],
                    paths[k].theta1[last], paths[k].loss[last],
                    std::hypot(paths[k].theta0[last] - best0, paths[k].theta1[last] - best1)});
  }
  r.table("methods", {"", ""}, {{"method", {"method", "método"}}, {"rule", {"an update", "una actualización"}}}, about);
  r.table("steps", {"the first updates from one start", "las primeras actualizaciones desde un mismo inicio"},
          {{"method", {"method", "método"}},
           {"update", {"update", "actualización"}, 0},
           {"theta0", "θ₀", 4},
           {"theta1", "θ₁", 4},
           {"loss", "L", 4}},
          steps);
  r.table("ends", {"after as many updates each", "después de las mismas actualizaciones"},
          {{"method", {"method", "método"}},
           {"updates", {"updates", "actualiz."}, 0},
           {"epochs", {"epochs", "épocas"}, 0},
           {"theta0", "θ₀", 4},
           {"theta1", "θ₁", 4},
           {"loss", "L", 4},
           {"distance", {"distance", "distancia"}, 4}},
          ends);
}

Field contours() {
  Field field{.name = "L(θ)", .x = {}, .y = {}, .z = {}, .levels = {}};
  constexpr int places = 61;
  for (int i = 0; i < places; ++i) {
    field.x.push_back(-0.2 + 3.6 * i / (places - 1));
    field.y.push_back(0.2 + 3.2 * i / (places - 1));
  }
  for (const double theta1 : field.y)
    for (const double theta0 : field.x) field.z.push_back(loss_of(model(theta0, theta1)));
  const auto [theta0, theta1] = least_squares();
  const double lowest = loss_of(model(theta0, theta1));
  for (double above = 0.05; above < 40; above *= 2.2) field.levels.push_back(lowest + above);
  return field;
}

Figure paths_over(const Report& r, const Field& field, const std::vector<Path>& paths,
                  std::initializer_list<std::size_t> shown, const Text& title) {
  Figure figure{.title = r.in(title), .x_label = "θ₀", .y_label = "θ₁", .series = {}, .field = field};
  for (const std::size_t k : shown)
    figure.series.push_back({.name = r.in(methods()[k].name),
                             .kind = Series::Kind::path,
                             .x = paths[k].theta0,
                             .y = paths[k].theta1,
                             .style = static_cast<int>(k)});
  const auto [theta0, theta1] = least_squares();
  figure.series.push_back(
      {.name = r.in({"minimum", "mínimo"}), .kind = Series::Kind::points, .x = {theta0}, .y = {theta1}, .style = 6});
  return figure;
}

void draw_paths(Report& r, const std::vector<Path>& paths) {
  const Field field = contours();
  r.figure("paths",
           {paths_over(r, field, paths, {0, 1, 2}, {"how many rows an update", "cuántas filas por actualización"}),
            paths_over(r, field, paths, {0, 3, 4}, {"how the step is made", "cómo se hace el paso"})});
  r.say(
      {"Batch follows the steepest slope, straight into the valley and then slowly along it. Mini-batches stray a "
       "little, at a fraction of the cost; single rows stray a lot, and never settle while α stays as it is. "
       "Momentum gathers speed along the valley and overshoots, as a ball does. Adagrad divides the step in each "
       "direction by the slopes it has met there: its rate only ever shrinks, until learning stops. `cinta train` "
       "knows both as --optimizer lecture_momentum and lecture_adagrad; without lecture_ they are PyTorch's forms.",
       "Por lote se sigue la mayor pendiente: directo al valle y luego despacio por él. Los minilotes se desvían "
       "un poco, por una fracción del coste; las filas sueltas se desvían mucho y no se asientan mientras α no "
       "cambie. El momento gana velocidad a lo largo del valle y se pasa, como una bola. Adagrad divide el paso "
       "en cada dirección por las pendientes que ya encontró en ella: su tasa solo puede disminuir, hasta que "
       "deja de aprender. `cinta train` conoce ambos como --optimizer lecture_momentum y lecture_adagrad; sin "
       "lecture_ son las formas de PyTorch."});
  const auto [theta0, theta1] = least_squares();
  const double lowest = loss_of(model(theta0, theta1));
  Figure figure{
      .title = r.in({"loss over all rows, above the least", "pérdida sobre todas las filas, por encima de la mínima"}),
      .x_label = r.in({"update", "actualización"}),
      .y_label = "L − L*",
      .series = {},
      .x_range = Range{0, 64},
      .log_y = true};
  for (std::size_t k = 0; k < paths.size(); ++k) {
    Series s{.name = r.in(methods()[k].name), .x = {}, .y = {}};
    for (std::size_t t = 0; t < paths[k].loss.size(); ++t) {
      s.x.push_back(static_cast<double>(t));
      s.y.push_back(paths[k].loss[t] - lowest);
    }
    figure.series.push_back(std::move(s));
  }
  r.figure("loss", {std::move(figure)});
}

}  // namespace

void teach_descent(Report& r) {
  r.title({"Gradient descent", "El descenso del gradiente"});
  tell_problem(r);
  std::vector<Path> paths;
  for (const Method& method : methods()) paths.push_back(path_of(method));
  tell_steps(r, paths);
  draw_paths(r, paths);
}

}  // namespace cinta::cli
