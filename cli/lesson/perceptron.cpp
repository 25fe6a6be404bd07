// cinta lesson perceptron: one neuron learns AND by Rosenblatt's rule, step by step; OR; and what no line separates.
#include "lessons.hpp"
#include "pictures.hpp"

#include <cinta/models/perceptron.hpp>

#include <fmt/format.h>

namespace cinta::cli {
namespace {

using models::Perceptron;
using models::PerceptronStep;

const Tensor& inputs() {
  static const Tensor x = tensor({{0, 0}, {0, 1}, {1, 0}, {1, 1}}, f64);
  return x;
}

struct Gate {
  const char* name;
  Tensor y;
};
const std::vector<Gate>& gates() {
  static const std::vector<Gate> all{{"AND", tensor({{0}, {0}, {0}, {1}}, f64)},
                                     {"OR", tensor({{0}, {1}, {1}, {1}}, f64)},
                                     {"XOR", tensor({{0}, {1}, {1}, {0}}, f64)}};
  return all;
}

Perceptron perceptron(double w0, double w1, double b) {
  Perceptron p(2);
  p.neuron.weight = tensor({{w0}, {w1}}, f64);
  p.neuron.bias = tensor({b}, f64);
  return p;
}

// The lecture's example: η = 0.5, w = (0.26, 0.90), b = −0.10.
std::vector<PerceptronStep> worked_example(Perceptron& p) {
  std::vector<PerceptronStep> steps;
  models::train(p, inputs(), gates()[0].y, 0.5, 10, [&](const PerceptronStep& s) { steps.push_back(s); });
  return steps;
}

void introduce(Report& r) {
  r.title({"The perceptron", "El perceptrón"});
  r.say(
      {"An artificial neuron weighs its inputs x, adds a bias b, and fires when the sum is not negative. Weights "
       "and bias start somewhere; each observation that is classified wrong moves them by the perceptron rule, "
       "with a learning rate η.",
       "Una neurona artificial pondera sus entradas x, suma un sesgo b y se activa cuando la suma no es negativa. "
       "Los pesos y el sesgo parten de algún valor; cada observación mal clasificada los mueve según la regla del "
       "perceptrón, con una tasa de aprendizaje η."});
  r.formula(
      {"u = x₀w₀ + x₁w₁ + x₂b, x₂ = 1    (weighted sum)\n"
       "ŷ = 0 if u < 0, 1 if u ≥ 0       (step activation)\n"
       "w ← w + η (y − ŷ) x              (perceptron rule)",
       "u = x₀w₀ + x₁w₁ + x₂b, x₂ = 1    (suma ponderada)\n"
       "ŷ = 0 si u < 0, 1 si u ≥ 0       (activación escalón)\n"
       "w ← w + η (y − ŷ) x              (regla del perceptrón)"});
}

void teach_and(Report& r) {
  r.section({"AND, step by step", "AND, paso a paso"});
  r.say(
      {"Who trains every day (x₀) and eats enough protein (x₁) wins (y): both are needed. The start is w₀ = 0.26, "
       "w₁ = 0.90, b = -0.10, and η = 0.5. The weights in a row are those after its update.",
       "Quien entrena todos los días (x₀) y consume suficientes proteínas (x₁) gana (y): hacen falta ambas cosas. "
       "Se parte de w₀ = 0.26, w₁ = 0.90, b = -0.10, con η = 0.5. Los pesos de una fila son los de después de su "
       "actualización."});
  Perceptron p = perceptron(0.26, 0.90, -0.10);
  const std::vector<PerceptronStep> steps = worked_example(p);
  const std::vector<double> x = numbers(inputs());
  std::vector<std::vector<Cell>> rows;
  for (const PerceptronStep& s : steps) {
    const auto row = static_cast<std::size_t>(s.row);
    rows.push_back({double(s.epoch + 1), x[2 * row], x[2 * row + 1], s.u, s.prediction, s.target,
                    s.target - s.prediction, s.weights[0], s.weights[1], s.bias});
  }
  r.table("steps", {"every row of every epoch, in order", "cada fila de cada época, en orden"},
          {{"epoch", {"epoch", "época"}, 0},
           {"x0", "x₀", 0},
           {"x1", "x₁", 0},
           {"u", "u", 2},
           {"prediction", "ŷ", 0},
           {"target", "y", 0},
           {"error", "y−ŷ", 0},
           {"w0", "w₀", 2},
           {"w1", "w₁", 2},
           {"b", "b", 2}},
          rows);
  const PerceptronStep &first = steps[0], &second = steps[1];
  const std::string u0 = number(first.u, 2), u1 = number(second.u, 2),
                    error = number(second.target - second.prediction, 0);
  r.say({fmt::format("Row (0,0) has u = {}, so ŷ = {:.0f}: right, nothing changes. Row (0,1) has u = {}, so ŷ = "
                     "{:.0f}: wrong. Its error is {}, so w₁ and b lose η = 0.5 each; w₀ stays, since x₀ = 0. The "
                     "second epoch finds no mistake: it has learned.",
                     u0, first.prediction, u1, second.prediction, error),
         fmt::format("La fila (0,0) da u = {}, luego ŷ = {:.0f}: correcto, nada cambia. La fila (0,1) da u = {}, "
                     "luego ŷ = {:.0f}: incorrecto. Su error es {}, así que w₁ y b pierden η = 0.5 cada uno; w₀ "
                     "no cambia, pues x₀ = 0. La segunda época no encuentra errores: ha aprendido.",
                     u0, first.prediction, u1, second.prediction, error)});
  const std::string bias = number(p.neuron.bias.value()(0), 2);
  const std::vector<double> right = numbers(p(inputs())), slip = numbers(perceptron(0.26, 0.40, -0.50)(inputs()));
  const std::vector<double> classes = numbers(p.classify(inputs())),
                            slip_classes = numbers(perceptron(0.26, 0.40, -0.50).classify(inputs()));
  std::vector<std::vector<Cell>> check;
  for (std::size_t i = 0; i < 4; ++i)
    check.push_back({x[2 * i], x[2 * i + 1], right[i], classes[i], slip[i], slip_classes[i]});
  r.table("slip", {"the lecture's bias and the rule's", "el sesgo de la clase y el de la regla"},
          {{"x0", "x₀", 0},
           {"x1", "x₁", 0},
           {"u", fmt::format("u (b = {})", bias), 2},
           {"prediction", "ŷ", 0},
           {"u_lecture", "u (b = -0.50)", 2},
           {"prediction_lecture", "ŷ", 0}},
          check);
  r.say({fmt::format("The lecture prints b = -0.50 here. That is a slip: the rule subtracts 0.5 from -0.10, which "
                     "is {}. The four outputs happen to be the same.",
                     bias),
         fmt::format("La clase escribe aquí b = -0.50. Es un descuido: la regla resta 0.5 a -0.10, lo que da {}. "
                     "Las cuatro salidas resultan ser las mismas.",
                     bias)});
}

// The line before training and after each row that moved it.
Figure moving_line(const Report& r, const Gate& gate, Perceptron p, double rate, const Text& title) {
  const Range shown{-0.5, 1.5};
  const auto weights = numbers(p.neuron.weight.value());
  const auto class_of = [&](int c) { return fmt::format("y = {}", c); };
  Figure figure{.title = r.in(title),
                .x_label = "x₀",
                .y_label = "x₁",
                .series = class_points(inputs(), gate.y, class_of(0), class_of(1)),
                .x_range = shown,
                .y_range = shown};
  int changes = 0;
  const auto add = [&](const std::string& name, double w0, double w1, double b) {
    Series line = decision_line(name, w0, w1, b, shown);
    line.style = 2 + changes;
    figure.series.push_back(std::move(line));
  };
  add(r.in({"start", "inicio"}), weights[0], weights[1], p.neuron.bias.value()(0));
  models::train(p, inputs(), gate.y, rate, 100, [&](const PerceptronStep& s) {
    if (s.prediction == s.target) return;
    ++changes;
    add(std::to_string(changes), s.weights[0], s.weights[1], s.bias);
  });
  return figure;
}

void teach_line(Report& r) {
  r.section({"The line moves", "La recta se mueve"});
  r.say(
      {"u = 0 is a straight line in the plane of the inputs: on one side the neuron fires, on the other it does "
       "not. Each mistake turns and shifts it. The first picture is the example above; the second is OR from "
       "another start, which needs more changes.",
       "u = 0 es una recta en el plano de las entradas: a un lado la neurona se activa y al otro no. Cada error "
       "la gira y la desplaza. La primera imagen es el ejemplo anterior; la segunda es OR desde otro inicio, que "
       "necesita más cambios."});
  r.figure("line", {moving_line(r, gates()[0], perceptron(0.26, 0.90, -0.10), 0.5, "AND, η = 0.5"),
                    moving_line(r, gates()[1], perceptron(0.7, -0.3, 0.1), 0.5, "OR, η = 0.5")});
}

void teach_gates(Report& r) {
  r.section({"AND, OR and XOR", "AND, OR y XOR"});
  r.say({"From random weights (one seed a row), at most 100 epochs: how many epochs pass until one has no mistake.",
         "Desde pesos al azar (una semilla por fila), como máximo 100 épocas: cuántas pasan hasta una sin errores."});
  constexpr int most = 100;
  std::vector<std::vector<Cell>> rows;
  for (std::uint64_t seed = 1; seed <= 4; ++seed)
    for (const Gate& gate : gates()) {
      Perceptron p(2);
      init(p, {.seed = seed, .dtype = f64});
      const auto mistakes = models::train(p, inputs(), gate.y, 0.5, most);
      const bool learned = mistakes.back() == 0;
      rows.push_back({Text(gate.name), double(seed), double(mistakes.size()), double(mistakes.back()),
                      learned ? Text("yes", "sí") : Text("no", "no")});
    }
  r.table("gates", {"", ""},
          {{"gate", {"gate", "puerta"}},
           {"seed", {"seed", "semilla"}, 0},
           {"epochs", {"epochs", "épocas"}, 0},
           {"mistakes", {"mistakes in the last", "errores en la última"}, 0},
           {"learned", {"learned", "aprendida"}}},
          rows);
  r.say(
      {"AND and OR are learned from any start. XOR never is: no straight line has (0,1) and (1,0) on one side and "
       "(0,0) and (1,1) on the other. (The lecture names OR here; it means XOR.) The lesson xor goes on from here.",
       "AND y OR se aprenden desde cualquier inicio. XOR nunca: ninguna recta deja (0,1) y (1,0) a un lado y "
       "(0,0) y (1,1) al otro. (La clase dice OR aquí; quiere decir XOR.) La lección xor continúa desde este "
       "punto."});
}

}  // namespace

void teach_perceptron(Report& r) {
  introduce(r);
  teach_and(r);
  teach_line(r);
  teach_gates(r);
}

}  // namespace cinta::cli
