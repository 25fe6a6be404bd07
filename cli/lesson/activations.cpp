// cinta lesson activations: step, linear, sigmoid, tanh, ReLU and softmax, with their derivatives from the tape.
#include "lessons.hpp"
#include "pictures.hpp"

#include <cinta/framework/core/transforms.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cinta::cli {
namespace {

struct Function {
  const char* key;
  Text name;
  Text formula;
  const char* range;
  Text use;
  Tensor (*f)(const Tensor& x);
  bool differentiable;
  int decimals, slope_decimals;
};

const std::vector<Function>& functions() {
  static const std::vector<Function> all{
      {"step",
       {"step", "escalón"},
       {"1 if x ≥ 0, else 0", "1 si x ≥ 0; si no, 0"},
       "{0, 1}",
       {"the perceptron", "el perceptrón"},
       [](const Tensor& x) { return step(x); },
       false,
       0,
       0},
      {"linear",
       {"linear", "lineal"},
       "x",
       "ℝ",
       {"output of a regression", "salida de una regresión"},
       [](const Tensor& x) { return x * 1.0; },
       true,
       1,
       0},
      {"sigmoid",
       {"sigmoid", "sigmoide"},
       "1 / (1 + e⁻ˣ)",
       "(0, 1)",
       {"output for two classes", "salida para dos clases"},
       [](const Tensor& x) { return sigmoid(x); },
       true,
       4,
       4},
      {"tanh",
       "tanh",
       "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
       "(−1, 1)",
       {"hidden layers", "capas ocultas"},
       [](const Tensor& x) { return tanh(x); },
       true,
       4,
       4},
      {"relu",
       "ReLU",
       "max(0, x)",
       "[0, ∞)",
       {"hidden layers of deep networks", "capas ocultas de redes profundas"},
       [](const Tensor& x) { return relu(x); },
       true,
       1,
       0},
  };
  return all;
}

// The derivative at each x, from the tape: the gradient of Σ f(xᵢ). NaN for step, which the tape refuses.
Tensor derivative(const Function& function, const Tensor& x) {
  if (!function.differentiable) return full(x.shape(), std::nan(""), f64);
  const Recording recording;
  const Tensor leaf = variable(x);
  return grad(sum(function.f(leaf)), {leaf})[0];
}

void tell_functions(Report& r) {
  std::vector<std::vector<Cell>> rows;
  for (const Function& f : functions()) rows.push_back({f.name, f.formula, Text(f.range), f.use});
  rows.push_back({Text("softmax"), Text("eˣᵏ / Σ eˣʲ"), Text("(0, 1), Σ = 1"),
                  Text("output for K classes", "salida para K clases")});
  r.table("functions", {"activations", "funciones de activación"},
          {{"name", {"name", "nombre"}},
           {"formula", {"f(x)", "f(x)"}},
           {"range", {"range", "rango"}},
           {"use", {"where it is used", "dónde se usa"}}},
          rows);
  r.say(
      {"Sigmoid is an activation, and binary cross-entropy is the loss that goes with it. (The lecture's table "
       "has the two in each other's place.)",
       "La sigmoide es una función de activación, y la entropía cruzada binaria es la función de pérdida que la "
       "acompaña. (La tabla de la clase las tiene intercambiadas.)"});
}

void tell_derivatives(Report& r) {
  r.section({"Values and derivatives", "Valores y derivadas"});
  r.say(
      {"Training follows derivatives, which the tape computes. The step has none to follow: it is flat everywhere "
       "but at 0, where it jumps. That is why networks replace it.",
       "El entrenamiento sigue las derivadas, que calcula la cinta. El escalón no ofrece ninguna: es plano en "
       "todas partes salvo en 0, donde salta. Por eso las redes lo sustituyen."});
  const Tensor x = tensor({-4, -2, -1, -0.5, 0, 0.5, 1, 2, 4}, f64);
  const std::vector<double> places = numbers(x);
  std::vector<Heading> headings{{"x", "x", 1}};
  std::vector<std::vector<Cell>> rows;
  for (const double place : places) rows.push_back({place});
  for (const Function& f : functions()) {
    const std::vector<double> values = numbers(f.f(x)), slopes = numbers(derivative(f, x));
    headings.push_back({f.key, f.name, f.decimals});
    if (f.differentiable)
      headings.push_back({fmt::format("{}_derivative", f.key), {r.in(f.name) + "′"}, f.slope_decimals});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].push_back(values[i]);
      if (f.differentiable) rows[i].push_back(slopes[i]);
    }
  }
  r.table("values", {"f(x), and f′(x) from the tape", "f(x), y f′(x) según la cinta"}, headings, rows);
  r.say(
      {"The slope of the sigmoid is σ(x)(1 − σ(x)), at most ¼, and that of tanh is 1 − tanh²(x): both fade away "
       "from 0, and with them the gradient of deep networks. ReLU keeps slope 1 for every x > 0; at 0 Cinta takes "
       "0.",
       "La pendiente de la sigmoide es σ(x)(1 − σ(x)), como máximo ¼, y la de tanh es 1 − tanh²(x): ambas se "
       "desvanecen lejos de 0, y con ellas el gradiente de las redes profundas. ReLU mantiene pendiente 1 para "
       "todo x > 0; en 0, Cinta toma 0."});
}

Figure drawing(const Report& r, const Function& f) {
  const Tensor x = linspace(-4, 4, 161, f64);
  Figure figure{.title = r.in(f.name),
                .x_label = "x",
                .y_label = "",
                .series = {},
                .x_range = Range{-4, 4},
                .y_range = Range{-1.2, 1.6}};
  figure.series.push_back({.name = "f(x)", .x = numbers(x), .y = numbers(f.f(x))});
  if (f.differentiable) figure.series.push_back({.name = "f′(x)", .x = numbers(x), .y = numbers(derivative(f, x))});
  return figure;
}

void draw_functions(Report& r) {
  std::vector<Figure> panels;
  for (const Function& f : functions()) panels.push_back(drawing(r, f));
  const Tensor z = linspace(-4, 4, 161, f64);
  const Tensor p = softmax(stack({z, zeros_like(z), ones_like(z)}, 1));
  Figure figure{.title = "softmax(x, 0, 1)",
                .x_label = "x",
                .y_label = "",
                .series = {},
                .x_range = Range{-4, 4},
                .y_range = Range{-1.2, 1.6}};
  for (int k = 0; k < 3; ++k)
    figure.series.push_back({.name = fmt::format("p{}", k + 1), .x = numbers(z), .y = numbers(slice(p, 1, k, k + 1))});
  panels.push_back(std::move(figure));
  r.figure("functions", std::move(panels));
}

void tell_softmax(Report& r) {
  r.section({"Softmax: K classes", "Softmax: K clases"});
  r.say(
      {"Softmax turns K logits into K probabilities that sum to 1. Each probability depends on every logit: its "
       "derivatives are a matrix, pᵢ(1 − pᵢ) on the diagonal and −pᵢpⱼ beside it.",
       "Softmax convierte K logits en K probabilidades que suman 1. Cada probabilidad depende de todos los "
       "logits: sus derivadas forman una matriz, pᵢ(1 − pᵢ) en la diagonal y −pᵢpⱼ fuera de ella."});
  const Tensor logits = tensor({2, 1, 0.1}, f64);
  const std::vector<double> z = numbers(logits), p = numbers(softmax(logits)),
                            slopes = numbers(jacobian([](const Tensor&x) { return softmax(x); }, logits));
  std::vector<std::vector<Cell>> rows;
  for (std::size_t i = 0; i < 3; ++i)
    rows.push_back({double(i + 1), z[i], p[i], slopes[3 * i], slopes[3 * i + 1], slopes[3 * i + 2]});
  r.table("softmax", {"three logits", "tres logits"},
          {{"class", {"class", "clase"}, 0},
           {"logit", "logit", 1},
           {"p", "p", 4},
           {"dz1", "∂p/∂z₁", 4},
           {"dz2", "∂p/∂z₂", 4},
           {"dz3", "∂p/∂z₃", 4}},
          rows);
  r.say({"With two classes it is the logistic function: the first probability of softmax(z, 0) is σ(z).",
         "Con dos clases es la función logística: la primera probabilidad de softmax(z, 0) es σ(z)."});
  std::vector<std::vector<Cell>> pairs;
  for (const double v : {-2.0, 0.0, 1.5})
    pairs.push_back({v, softmax(tensor({v, 0.0}, f64))(0), numbers(sigmoid(tensor({v}, f64)))[0]});
  r.table("logistic", {"", ""}, {{"z", "z", 1}, {"softmax", "softmax(z, 0)₁", 6}, {"sigmoid", "σ(z)", 6}}, pairs);
}

}  // namespace

void teach_activations(Report& r) {
  r.title({"Activations", "Funciones de activación"});
  r.say(
      {"Layers of weighted sums alone are one weighted sum. What stands between them, the activation, is what "
       "lets a network bend its boundary.",
       "Varias capas de sumas ponderadas no son más que una suma ponderada. Lo que hay entre ellas, la función de "
       "activación, es lo que permite a una red curvar su frontera."});
  tell_functions(r);
  tell_derivatives(r);
  draw_functions(r);
  tell_softmax(r);
}

}  // namespace cinta::cli
