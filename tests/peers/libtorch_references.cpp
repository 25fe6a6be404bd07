// Writes what the suite `libtorch` compares with: trajectories of libtorch's optimizers in f64, and how far its f32
// values and gradients are from its f64 ones. Not part of the build; tests/peers/make_references.sh compiles and runs
// it.
#include <torch/torch.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace {

using torch::Tensor;

// --- trajectories: the loss of tests/peers/libtorch_test.cpp, Σ (1 − a)² + 5 (b − a²)² + sin(3 a b) over pairs (a, b)
Tensor loss_of(const Tensor& p) {
  const Tensor a = p.slice(0, 0, 4), b = p.slice(0, 4, 8);
  return ((1 - a).square() + 5 * (b - a.square()).square() + torch::sin(3 * a * b)).sum();
}

void trajectory(std::FILE* file, const char* name,
                const std::function<std::unique_ptr<torch::optim::Optimizer>(std::vector<Tensor>)>& make) {
  std::vector<double> start{-1.2, 0.5, 0.8, -0.3, 1.0, -0.7, 0.1, 0.9};
  Tensor p = torch::tensor(start, torch::kFloat64).requires_grad_(true);
  const auto optimizer = make({p});
  for (int step = 1; step <= 100; ++step) {
    optimizer->zero_grad();
    loss_of(p).backward();
    optimizer->step();
    if (step != 1 && step != 2 && step != 3 && step % 10 != 0) continue;
    std::fprintf(file, "%s,%d", name, step);
    for (int i = 0; i < 8; ++i) std::fprintf(file, ",%.17g", p[i].item<double>());
    std::fprintf(file, "\n");
  }
}

void trajectories(const char* path) {
  using namespace torch::optim;
  std::FILE* file = std::fopen(path, "w");
  std::fprintf(file, "optimizer,step,p0,p1,p2,p3,p4,p5,p6,p7\n");
  trajectory(file, "sgd", [](auto p) { return std::make_unique<SGD>(p, SGDOptions(0.01)); });
  trajectory(file, "sgd_decay", [](auto p) { return std::make_unique<SGD>(p, SGDOptions(0.01).weight_decay(0.1)); });
  trajectory(file, "momentum",
             [](auto p) { return std::make_unique<SGD>(p, SGDOptions(0.005).momentum(0.9).dampening(0.2)); });
  trajectory(file, "nesterov",
             [](auto p) { return std::make_unique<SGD>(p, SGDOptions(0.005).momentum(0.9).nesterov(true)); });
  trajectory(file, "adagrad", [](auto p) {
    return std::make_unique<Adagrad>(p, AdagradOptions(0.1).lr_decay(0.01).weight_decay(0.01));
  });
  trajectory(file, "rmsprop",
             [](auto p) { return std::make_unique<RMSprop>(p, RMSpropOptions(0.01).momentum(0.5).centered(true)); });
  trajectory(file, "adam", [](auto p) { return std::make_unique<Adam>(p, AdamOptions(0.05).weight_decay(0.01)); });
  trajectory(file, "amsgrad", [](auto p) { return std::make_unique<Adam>(p, AdamOptions(0.05).amsgrad(true)); });
  trajectory(file, "adamw", [](auto p) { return std::make_unique<AdamW>(p, AdamWOptions(0.05).weight_decay(0.1)); });
  std::fclose(file);
}

// --- errors of f32, in units of 2⁻²⁴ relative to the value (but at least to 2⁻⁶ of the largest: near a root of the
// function the relative error says nothing)

// The largest distance of two tensors, relative to |b| or 2⁻⁶ max |b|, in units of 2⁻²⁴.
double distance(const Tensor& a, const Tensor& b) {
  const Tensor scale = torch::clamp_min(b.abs(), b.abs().max().item<double>() * 0x1p-6 + 1e-300);
  return ((a.to(torch::kFloat64) - b).abs() / scale).max().item<double>() * 0x1p24;
}

using Function = std::function<Tensor(const Tensor&, const Tensor&)>;

// Scattered over [−4, 4), or (0, 8], as [n, columns]: numbers of 22 bits, which f32 has exactly.
Tensor scattered(int n, bool positive, int columns, int factor) {
  const Tensor k = torch::arange(n, torch::kInt64) * factor % (1 << 22);
  const Tensor x = (k.to(torch::kFloat64) + 1) / (1 << 19);
  return (positive ? x : x - 4).reshape({-1, columns});
}

void compare(std::FILE* file, const char* name, bool positive, int n, int columns, const Function& f) {
  const Tensor x64 = scattered(n, positive, columns, 2654435), z64 = scattered(n, true, columns, 1640531);
  const auto run = [&](torch::ScalarType type) {
    Tensor x = x64.to(type).requires_grad_(true);
    const Tensor z = z64.to(type), y = f(x, z);
    const Tensor w = (torch::arange(y.numel(), torch::kInt64) * 7 % 13).to(type).sub(6).div(8).reshape(y.sizes());
    (y * w).sum().backward();
    return std::pair{y.detach(), x.grad()};
  };
  const auto [y32, g32] = run(torch::kFloat32);
  const auto [y64, g64] = run(torch::kFloat64);
  std::fprintf(file, "%s,%d,%d,%d,%.6g,%.6g\n", name, positive, n, columns, distance(y32, y64), distance(g32, g64));
}

void errors(const char* path) {
  namespace F = torch::nn::functional;
  std::FILE* file = std::fopen(path, "w");
  std::fprintf(file, "op,positive,n,columns,value,gradient\n");
  const auto elementwise = [&](const char* name, bool positive, const Function& f) {
    compare(file, name, positive, 4096, 1, f);
  };
  elementwise("sqrt", true, [](auto x, auto) { return torch::sqrt(x); });
  elementwise("square", false, [](auto x, auto) { return torch::square(x); });
  elementwise("exp", false, [](auto x, auto) { return torch::exp(x); });
  elementwise("expm1", false, [](auto x, auto) { return torch::expm1(x); });
  elementwise("log", true, [](auto x, auto) { return torch::log(x); });
  elementwise("log1p", true, [](auto x, auto) { return torch::log1p(x); });
  elementwise("sin", false, [](auto x, auto) { return torch::sin(x); });
  elementwise("cos", false, [](auto x, auto) { return torch::cos(x); });
  elementwise("erf", false, [](auto x, auto) { return torch::erf(x); });
  elementwise("tanh", false, [](auto x, auto) { return torch::tanh(x); });
  elementwise("sigmoid", false, [](auto x, auto) { return torch::sigmoid(x); });
  elementwise("log_sigmoid", false, [](auto x, auto) { return F::logsigmoid(x); });
  elementwise("softplus", false, [](auto x, auto) { return F::softplus(x); });
  elementwise("elu", false, [](auto x, auto) { return F::elu(x); });
  elementwise("gelu", false, [](auto x, auto) { return F::gelu(x); });
  elementwise("silu", false, [](auto x, auto) { return torch::silu(x); });
  elementwise("mul", false, [](auto x, auto z) { return x * z; });
  elementwise("div", false, [](auto x, auto z) { return x / z; });
  elementwise("pow", true, [](auto x, auto z) { return torch::pow(x, z); });
  const auto rows = [&](const char* name, const Function& f) { compare(file, name, false, 4096, 128, f); };
  rows("sum", [](auto x, auto) { return x.square().sum(1); });
  rows("mean", [](auto x, auto) { return x.square().mean(0); });
  rows("var", [](auto x, auto) { return x.var(1); });
  rows("logsumexp", [](auto x, auto) { return torch::logsumexp(x, 1); });
  rows("softmax", [](auto x, auto) { return torch::softmax(x, 1); });
  rows("log_softmax", [](auto x, auto) { return torch::log_softmax(x, 1); });
  rows("matmul", [](auto x, auto z) { return torch::matmul(x, z.t()); });
  rows("cross_entropy", [](auto x, auto) {
    const Tensor y = torch::arange(x.size(0), torch::kInt64) * 5 % x.size(1);
    return F::cross_entropy(x, y, F::CrossEntropyFuncOptions().reduction(torch::kNone));
  });
  rows("binary_cross_entropy", [](auto x, auto z) {
    return F::binary_cross_entropy_with_logits(x, (z > 4).to(x.dtype()),
                                               F::BinaryCrossEntropyWithLogitsFuncOptions().reduction(torch::kNone));
  });
  std::fclose(file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  trajectories(argv[1]);
  errors(argv[2]);
}
