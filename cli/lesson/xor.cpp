// cinta lesson xor: why no perceptron learns XOR, how it goes round in circles, and a 2-8-1 network that learns it.
#include "lessons.hpp"
#include "pictures.hpp"

#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>
#include <cinta/models/perceptron.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cinta::cli {
namespace {

const Tensor& inputs() {
  static const Tensor x = tensor({{0, 0}, {0, 1}, {1, 0}, {1, 1}}, f64);
  return x;
}
const Tensor& targets() {
  static const Tensor y = tensor({{0}, {1}, {1}, {0}}, f64);
  return y;
}

// Weights and bias after an epoch, and its mistakes.
struct Epoch {
  int mistakes = 0;
  double w0 = 0, w1 = 0, b = 0;
};

std::vector<models::PerceptronStep> perceptron_steps(int epochs) {
  models::Perceptron p(2);
  p.neuron.weight = tensor({{0.26}, {0.90}}, f64);
  p.neuron.bias = tensor({-0.10}, f64);
  std::vector<models::PerceptronStep> steps;
  models::train(p, inputs(), targets(), 0.5, epochs, [&](const models::PerceptronStep& s) { steps.push_back(s); });
  return steps;
}

std::vector<Epoch> epochs_of(const std::vector<models::PerceptronStep>& steps) {
  std::vector<Epoch> all(steps.size() / 4);
  for (const models::PerceptronStep& s : steps) {
    Epoch& e = all[static_cast<std::size_t>(s.epoch)];
    e = {e.mistakes + (s.prediction != s.target), s.weights[0], s.weights[1], s.bias};
  }
  return all;
}

// The first epoch that ends where an earlier one ended, and that one, from 1; {0, 0} when there is none.
std::pair<int, int> repetition(const std::vector<Epoch>& epochs) {
  const auto same = [](double a, double b) { return std::abs(a - b) < 1e-9; };
  for (std::size_t j = 1; j < epochs.size(); ++j)
    for (std::size_t i = 0; i < j; ++i)
      if (same(epochs[i].w0, epochs[j].w0) && same(epochs[i].w1, epochs[j].w1) && same(epochs[i].b, epochs[j].b))
        return {static_cast<int>(j) + 1, static_cast<int>(i) + 1};
  return {0, 0};
}

// The rows of one epoch.
void tell_circle(Report& r, const std::vector<models::PerceptronStep>& steps, int epoch) {
  const std::vector<double> x = numbers(inputs());
  std::vector<std::vector<Cell>> rows;
  for (const models::PerceptronStep& s : steps)
    if (s.epoch + 1 == epoch) {
      const auto row = static_cast<std::size_t>(s.row);
      rows.push_back({x[2 * row], x[2 * row + 1], s.u, s.prediction, s.target, s.weights[0], s.weights[1], s.bias});
    }
  r.table("circle", {fmt::format("epoch {}, row by row", epoch), fmt::format("época {}, fila a fila", epoch)},
          {{"x0", "x₀", 0},
           {"x1", "x₁", 0},
           {"u", "u", 2},
           {"prediction", "ŷ", 0},
           {"target", "y", 0},
           {"w0", "w₀", 2},
           {"w1", "w₁", 2},
           {"b", "b", 2}},
          rows);
}

void tell_perceptron(Report& r) {
  r.section({"A perceptron goes round in circles", "Un perceptrón da vueltas en círculo"});
  const std::vector<models::PerceptronStep> steps = perceptron_steps(12);
  const std::vector<Epoch> epochs = epochs_of(steps);
  std::vector<std::vector<Cell>> rows;
  for (std::size_t i = 0; i < epochs.size(); ++i)
    rows.push_back({double(i + 1), double(epochs[i].mistakes), epochs[i].w0, epochs[i].w1, epochs[i].b});
  r.table("perceptron",
          {"XOR, from the start of the lesson perceptron; weights after each epoch",
           "XOR, desde el inicio de la lección perceptron; pesos después de cada época"},
          {{"epoch", {"epoch", "época"}, 0},
           {"mistakes", {"mistakes", "errores"}, 0},
           {"w0", "w₀", 2},
           {"w1", "w₁", 2},
           {"b", "b", 2}},
          rows);
  const auto [later, earlier] = repetition(epochs);
  r.value("repeats",
          {"first epoch that ends with the weights it began with",
           "primera época que termina con los pesos con que empezó"},
          later, 0);
  r.value("repeated", {"they are those after epoch", "son los de después de la época"}, earlier, 0);
  tell_circle(r, steps, later);
  r.say(
      {"Every row undoes what the others did, and so it goes on for ever. No other start helps. To be right on "
       "all four, a perceptron would need",
       "Cada fila deshace lo que hicieron las otras, y así para siempre. Ningún otro inicio ayuda. Para acertar "
       "las cuatro, un perceptrón necesitaría"});
  r.formula("(0,0) → 0:  b < 0\n(0,1) → 1:  w₁ + b ≥ 0\n(1,0) → 1:  w₀ + b ≥ 0\n(1,1) → 0:  w₀ + w₁ + b < 0");
  r.say(
      {"The second and third give w₀ + w₁ + 2b ≥ 0, so w₀ + w₁ + b ≥ -b > 0: the fourth is impossible. The "
       "lecture says that a perceptron cannot learn OR. It means XOR: OR is learned, as the lesson perceptron "
       "shows.",
       "La segunda y la tercera dan w₀ + w₁ + 2b ≥ 0, luego w₀ + w₁ + b ≥ -b > 0: la cuarta es imposible. La "
       "clase dice que un perceptrón no puede aprender OR. Quiere decir XOR: OR se aprende, como muestra la "
       "lección perceptron."});
}

struct Network {
  Linear hidden{2, 8};
  Linear out{8, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};

constexpr std::int64_t moments[] = {0, 5, 10, 20, 50, 500};  // epochs at which one looks

// The network at each of the moments.
std::vector<Network> trained() {
  Network net;
  init(net, {.seed = 1, .dtype = f64});
  std::vector<Network> seen{net};
  struct Watch {
    const Network& net;
    std::vector<Network>& seen;
    void on_epoch_end(const EpochRecord& record) {
      if (std::find(std::begin(moments), std::end(moments), record.epoch) != std::end(moments)) seen.push_back(net);
    }
  };
  FitOptions<Batch> options;
  options.epochs = std::end(moments)[-1];
  fit(net, BinaryCrossEntropy{}, adamw(0.05), {inputs(), targets()}, options, Watch{net, seen});
  return seen;
}

void tell_network(Report& r) {
  r.section({"A 2-8-1 network bends its boundary", "Una red 2-8-1 curva su frontera"});
  r.say(
      {"Eight hidden units with tanh, one output with a sigmoid; binary cross-entropy, AdamW with η = 0.05. The "
       "table has the loss and the probability of class 1 for each of the four rows.",
       "Ocho neuronas ocultas con tanh y una salida con sigmoide; entropía cruzada binaria y AdamW con η = 0.05. "
       "La tabla muestra la pérdida y la probabilidad de la clase 1 para cada una de las cuatro filas."});
  const std::vector<Network> seen = trained();
  std::vector<std::vector<Cell>> rows;
  std::vector<Figure> panels;
  const Range shown{-0.5, 1.5};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const Network& net = seen[i];
    const auto probability = [&](const Tensor& x) { return sigmoid(net(x)); };
    const std::vector<double> p = numbers(probability(inputs()));
    rows.push_back(
        {double(moments[i]), evaluate(net, BinaryCrossEntropy{}, {inputs(), targets()}), p[0], p[1], p[2], p[3]});
    Figure figure{.title = fmt::format("{} {}", r.in({"epoch", "época"}), moments[i]),
                  .x_label = "x₀",
                  .y_label = "x₁",
                  .series = class_points(inputs(), targets(), "y = 0", "y = 1"),
                  .field = region("p(y = 1)", probability, shown),
                  .x_range = shown,
                  .y_range = shown};
    panels.push_back(std::move(figure));
  }
  r.table("network", {"", ""},
          {{"epoch", {"epoch", "época"}, 0},
           {"loss", {"loss", "pérdida"}, 4},
           {"p00", "(0,0)", 4},
           {"p01", "(0,1)", 4},
           {"p10", "(1,0)", 4},
           {"p11", "(1,1)", 4}},
          rows);
  r.figure("region", std::move(panels));
  r.say(
      {"At first the boundary is nearly a line. The hidden units each draw one, and the output joins them into a "
       "region that no single line could bound.",
       "Al principio la frontera es casi una recta. Cada neurona oculta traza una, y la salida las une en una "
       "región que ninguna recta sola podría delimitar."});
}

}  // namespace

void teach_xor(Report& r) {
  r.title({"XOR, and the hidden layer", "XOR y la capa oculta"});
  r.say({"XOR is 1 when exactly one of its inputs is. Its two classes stand at opposite corners of a square.",
         "XOR vale 1 cuando exactamente una de sus entradas vale 1. Sus dos clases están en esquinas opuestas de "
         "un cuadrado."});
  tell_perceptron(r);
  tell_network(r);
}

}  // namespace cinta::cli
