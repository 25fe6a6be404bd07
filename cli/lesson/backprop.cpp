// cinta lesson backprop: a 2-2-1 network followed number by number, forwards and backwards, on the tape.
#include "lessons.hpp"
#include "pictures.hpp"

#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/optim/optimizers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cinta::cli {
namespace {

struct Network {
  Linear hidden{2, 2};
  Linear out{2, 1};
  Tensor operator()(const Tensor& x) const { return out(sigmoid(hidden(x))); }
};

constexpr double learning_rate = 0.5, difference = 1e-6;

Network network() {
  Network net;
  net.hidden.weight = tensor({{0.5, -0.3}, {0.2, 0.6}}, f64);
  net.hidden.bias = tensor({0.1, -0.1}, f64);
  net.out.weight = tensor({{0.7}, {-0.4}}, f64);
  net.out.bias = tensor({0.2}, f64);
  return net;
}
const Tensor& input() {
  static const Tensor x = tensor({{1, 0.5}}, f64);
  return x;
}
const Tensor& target() {
  static const Tensor y = tensor({{1}}, f64);
  return y;
}

// Every parameter in field order, under the name that the lesson gives it.
const char* const names[] = {"w₁₁", "w₁₂", "w₂₁", "w₂₂", "b₁", "b₂", "v₁", "v₂", "c"};

double loss_of(const Network& net) { return mean(BinaryCrossEntropy{}(net(input()), target())).item<double>(); }

// (L(p + ε) − L(p − ε)) / 2ε for each element of each parameter, off the tape.
std::vector<double> finite_differences(const Network& net) {
  std::vector<double> slopes;
  const Tensor all = flatten(net);
  for (std::int64_t i = 0; i < all.size(); ++i) {
    double loss[2];
    for (const int side : {0, 1}) {
      Tensor moved = all;
      moved.set({i}, all(i) + (side == 0 ? difference : -difference));
      Network copy = net;
      unflatten(copy, moved);
      loss[side] = loss_of(copy);
    }
    slopes.push_back((loss[0] - loss[1]) / (2 * difference));
  }
  return slopes;
}

// Everything on the way from the input to the loss, as the tape has it.
struct Forward {
  Tensor u, h, z, y_hat, loss;
};
Forward forward(const Network& net) {
  Forward f;
  f.u = net.hidden(input());
  f.h = sigmoid(f.u);
  f.z = net.out(f.h);
  f.y_hat = sigmoid(f.z);
  f.loss = -sum(target() * log(f.y_hat) + (1 - target()) * log(1 - f.y_hat));
  return f;
}

void tell_forward(Report& r, const Network& net) {
  const Forward f = forward(net);
  const std::vector<double> u = numbers(f.u), h = numbers(f.h);
  r.section({"Forwards", "Hacia delante"});
  r.table("forward", {"each value is computed from those above it", "cada valor se calcula a partir de los anteriores"},
          {{"name", {"value", "valor"}},
           {"formula", {"computed as", "se calcula como"}},
           {"number", {"number", "número"}, 6}},
          {{Text("x₁"), Text("input", "entrada"), input()(0, 0)},
           {Text("x₂"), Text("input", "entrada"), input()(0, 1)},
           {Text("u₁"), Text("x₁w₁₁ + x₂w₂₁ + b₁"), u[0]},
           {Text("u₂"), Text("x₁w₁₂ + x₂w₂₂ + b₂"), u[1]},
           {Text("h₁"), Text("σ(u₁)"), h[0]},
           {Text("h₂"), Text("σ(u₂)"), h[1]},
           {Text("z"), Text("h₁v₁ + h₂v₂ + c"), numbers(f.z)[0]},
           {Text("ŷ"), Text("σ(z)"), numbers(f.y_hat)[0]},
           {Text("L"), Text("−(y log ŷ + (1 − y) log(1 − ŷ)), y = 1"), numbers(f.loss)[0]}});
}

struct Slopes {
  double y_hat, z;           // ∂L/∂ŷ and ∂L/∂z
  double y_hat_z;            // ∂ŷ/∂z
  std::vector<double> h, u;  // ∂L/∂h, ∂L/∂u
  std::vector<double> h_u;   // ∂h/∂u
};
Slopes slopes(const Network& net) {
  const Recording recording;
  const Forward f = forward(net);
  const std::vector<Tensor> of_loss = grad(f.loss, {f.y_hat, f.z, f.h, f.u});
  return {numbers(of_loss[0])[0], numbers(of_loss[1])[0], numbers(grad(sum(f.y_hat), {f.z})[0])[0],
          numbers(of_loss[2]),    numbers(of_loss[3]),    numbers(grad(sum(f.h), {f.u})[0])};
}

std::vector<double> gradients(const Network& net) {
  const Recording recording;
  const Gradients g = backward(mean(BinaryCrossEntropy{}(net(input()), target())));
  std::vector<double> all;
  visit_parameters(net, [&](const Name&, const Parameter& p) {
    const std::vector<double> part = numbers(g[p]);
    all.insert(all.end(), part.begin(), part.end());
  });
  return all;
}

void tell_backward(Report& r, const Network& net) {
  const Slopes s = slopes(net);
  const std::vector<double> h = numbers(forward(net).h), v = numbers(net.out.weight.value()), g = gradients(net),
                            x = numbers(input());
  r.section({"Backwards", "Hacia atrás"});
  r.say(
      {"The chain rule, from the loss to the input: the gradient of a value is the gradient of what it went into, "
       "times the local derivative of that step. The tape recorded the steps, and takes them in reverse.",
       "La regla de la cadena, de la pérdida a la entrada: el gradiente de un valor es el gradiente de aquello en "
       "lo que entró, por la derivada local de ese paso. La cinta grabó los pasos y los recorre al revés."});
  r.table("backward", {"", ""},
          {{"gradient", {"gradient", "gradiente"}},
           {"rule", {"chain rule", "regla de la cadena"}},
           {"local", {"local derivative", "derivada local"}, 6},
           {"number", {"from the tape", "según la cinta"}, 6}},
          {{Text("∂L/∂ŷ"), Text("−y/ŷ + (1−y)/(1−ŷ)"), s.y_hat, s.y_hat},
           {Text("∂L/∂z"), Text("∂L/∂ŷ · ŷ(1−ŷ) = ŷ − y"), s.y_hat_z, s.z},
           {Text("∂L/∂v₁"), Text("∂L/∂z · h₁"), h[0], g[6]},
           {Text("∂L/∂v₂"), Text("∂L/∂z · h₂"), h[1], g[7]},
           {Text("∂L/∂c"), Text("∂L/∂z · 1"), 1.0, g[8]},
           {Text("∂L/∂h₁"), Text("∂L/∂z · v₁"), v[0], s.h[0]},
           {Text("∂L/∂h₂"), Text("∂L/∂z · v₂"), v[1], s.h[1]},
           {Text("∂L/∂u₁"), Text("∂L/∂h₁ · h₁(1−h₁)"), s.h_u[0], s.u[0]},
           {Text("∂L/∂u₂"), Text("∂L/∂h₂ · h₂(1−h₂)"), s.h_u[1], s.u[1]},
           {Text("∂L/∂w₁₁"), Text("∂L/∂u₁ · x₁"), x[0], g[0]},
           {Text("∂L/∂w₁₂"), Text("∂L/∂u₂ · x₁"), x[0], g[1]},
           {Text("∂L/∂w₂₁"), Text("∂L/∂u₁ · x₂"), x[1], g[2]},
           {Text("∂L/∂w₂₂"), Text("∂L/∂u₂ · x₂"), x[1], g[3]},
           {Text("∂L/∂b₁"), Text("∂L/∂u₁ · 1"), 1.0, g[4]},
           {Text("∂L/∂b₂"), Text("∂L/∂u₂ · 1"), 1.0, g[5]}});
  r.say(
      {"At the output the error is ŷ − y, and a weight's gradient is the error times its input: the perceptron "
       "rule again, now without the step. Backpropagation hands that error down to the hidden layer.",
       "En la salida el error es ŷ − y, y el gradiente de un peso es el error por su entrada: otra vez la regla "
       "del perceptrón, ahora sin el escalón. La retropropagación reparte ese error a la capa oculta."});
}

void tell_check(Report& r, Network net) {
  r.section({"Checked and applied", "Comprobado y aplicado"});
  r.say({fmt::format("A gradient says how the loss changes when a parameter does. So it can be measured: move one "
                     "parameter by ±{:g} and divide. Then gradient descent takes a step, p ← p − η ∂L/∂p, with η "
                     "= {}.",
                     difference, learning_rate),
         fmt::format("Un gradiente dice cómo cambia la pérdida al cambiar un parámetro. Por tanto se puede medir: "
                     "mover un parámetro en ±{:g} y dividir. Después, el descenso del gradiente da un paso, p ← p "
                     "− η ∂L/∂p, con η = {}.",
                     difference, learning_rate)});
  const double before = loss_of(net);
  const std::vector<double> old = numbers(flatten(net)), g = gradients(net), measured = finite_differences(net);
  Optimizer optimizer = gradient_descent(learning_rate);
  {
    const Training training;
    optimizer.step(net, backward(mean(BinaryCrossEntropy{}(net(input()), target()))));
  }
  const std::vector<double> now = numbers(flatten(net));
  std::vector<std::vector<Cell>> rows;
  double worst = 0;
  for (std::size_t i = 0; i < old.size(); ++i) {
    rows.push_back({Text(names[i]), old[i], g[i], measured[i], now[i]});
    worst = std::max(worst, std::abs(g[i] - measured[i]));
  }
  r.table("parameters", {"", ""},
          {{"name", {"parameter", "parámetro"}},
           {"value", {"value", "valor"}, 4},
           {"gradient", {"gradient", "gradiente"}, 8},
           {"measured", {"measured", "medido"}, 8},
           {"updated", {"after", "después"}, 6}},
          rows);
  r.value("largest_difference",
          {"largest difference of gradient and measurement", "mayor diferencia entre gradiente y medida"}, worst, 8);
  r.value("loss_before", {"loss before the step", "pérdida antes del paso"}, before, 6);
  r.value("loss_after", {"loss after it", "pérdida después"}, loss_of(net), 6);
}

}  // namespace

void teach_backprop(Report& r) {
  r.title({"Backpropagation", "Retropropagación"});
  r.say(
      {"Two inputs, two hidden units and one output, with sigmoids and binary cross-entropy: small enough to "
       "follow every number. w leads to the hidden layer (w₁₂ from x₁ to h₂), v to the output; b and c are biases.",
       "Dos entradas, dos neuronas ocultas y una salida, con sigmoides y entropía cruzada binaria: lo bastante "
       "pequeña para seguir cada número. w lleva a la capa oculta (w₁₂, de x₁ a h₂) y v, a la salida; b y c son "
       "sesgos."});
  const Network net = network();
  tell_forward(r, net);
  tell_backward(r, net);
  tell_check(r, net);
}

}  // namespace cinta::cli
