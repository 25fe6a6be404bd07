// The cases of step_cases.hpp by libtorch. Not part of the build: run.sh compiles it against Debian's libtorch-dev.
#include "../step_cases.hpp"

#include <torch/torch.h>

#include <cstdlib>

namespace {

using torch::Tensor;
namespace F = torch::nn::functional;

template <class G> Tensor made(torch::IntArrayRef shape, G&& f) {
  Tensor t = torch::empty(shape);
  float* to = t.data_ptr<float>();
  for (std::int64_t i = 0; i < t.numel(); ++i) to[i] = f(i);
  return t;
}

int train(const steps::Network& spec) {
  torch::nn::Sequential net;
  const int layers = static_cast<int>(spec.widths.size()) - 1, outputs = spec.widths.back();
  for (int l = 0; l < layers; ++l) {
    const int in = spec.widths[static_cast<std::size_t>(l)], out = spec.widths[static_cast<std::size_t>(l) + 1];
    torch::nn::Linear linear(in, out);
    torch::NoGradGuard guard;
    linear->weight.copy_(made({out, in}, [&](std::int64_t i) {
      return steps::weight(l, static_cast<int>(i % in), static_cast<int>(i / in), in, out);
    }));
    linear->bias.zero_();
    net->push_back(linear);
    if (l + 1 < layers) net->push_back(torch::nn::ReLU());
  }
  const Tensor x = made({spec.batch, spec.widths.front()}, steps::input);
  Tensor y = made({spec.batch, outputs}, [](std::int64_t i) { return static_cast<float>(steps::target(i, 2)); });
  if (spec.loss == steps::Loss::classes)
    y = made({spec.batch}, [&](std::int64_t i) {
          return static_cast<float>(steps::target(i, outputs));
        }).to(torch::kInt64);
  std::unique_ptr<torch::optim::Optimizer> optimizer;
  if (spec.method == steps::Method::adam)
    optimizer = std::make_unique<torch::optim::Adam>(net->parameters(), torch::optim::AdamOptions(spec.rate));
  else
    optimizer = std::make_unique<torch::optim::SGD>(
        net->parameters(),
        torch::optim::SGDOptions(spec.rate).momentum(spec.method == steps::Method::momentum ? 0.9 : 0));
  double loss_value = 0;
  const auto step = [&] {
    optimizer->zero_grad();
    const Tensor prediction = net->forward(x);
    const Tensor loss = spec.loss == steps::Loss::squares  ? F::mse_loss(prediction, y)
                        : spec.loss == steps::Loss::binary ? F::binary_cross_entropy_with_logits(prediction, y)
                                                           : F::cross_entropy(prediction, y);
    loss.backward();
    optimizer->step();
    loss_value = loss.item<double>();
  };
  step();
  const double first = loss_value;
  for (int i = 0; i < 4; ++i) step();
  const double fifth = loss_value;
  return steps::print(spec.name, steps::median_seconds(step), first, fifth);
}

int tiny(const std::string& name, bool with_backward) {
  const Tensor x = made({4, 4}, steps::input).set_requires_grad(true);
  double value = 0;
  const auto run = [&] {
    Tensor z = x;
    for (int i = 0; i < steps::tiny_ops; ++i) z = torch::tanh(z);
    if (with_backward) z.sum().backward();
    value = z.data_ptr<float>()[0];
  };
  run();
  const double first = value;
  return steps::print(name, steps::median_seconds(run) / steps::tiny_ops, first, first);
}

int adamw_pass(const std::string& name, int parts) {
  std::vector<Tensor> all;
  const std::int64_t each = steps::adam_parameters / parts;
  for (int i = 0; i < parts; ++i) {
    Tensor p = made({each}, [&](std::int64_t k) { return steps::made_up(3, i * each + k); }).set_requires_grad(true);
    p.mutable_grad() = made({each}, [&](std::int64_t k) { return steps::made_up(4, i * each + k); });
    all.push_back(p);
  }
  torch::optim::AdamW optimizer(all, torch::optim::AdamWOptions(1e-3).weight_decay(0.01));
  optimizer.step();
  const double first = all[0].data_ptr<float>()[0];
  for (int i = 0; i < 4; ++i) optimizer.step();
  const double fifth = all[0].data_ptr<float>()[0];
  return steps::print(name, steps::median_seconds([&] { optimizer.step(); }), first, fifth);
}

int silu_pass(const std::string& name, bool with_backward) {
  const Tensor x = made({steps::silu_elements}, steps::input);
  const Tensor g = made({steps::silu_elements}, [](std::int64_t i) { return steps::made_up(5, i); });
  double value = 0, seconds = 0;
  if (with_backward) {
    x.set_requires_grad(true);
    const Tensor y = torch::silu(x);
    seconds = steps::median_seconds(
        [&] { value = torch::autograd::grad({y}, {x}, {g}, true)[0].template data_ptr<float>()[1]; });
  } else {
    torch::NoGradGuard guard;
    seconds = steps::median_seconds([&] { value = torch::silu(x).template data_ptr<float>()[1]; });
  }
  return steps::print(name, seconds, value, value);
}

int softmax_pass(const std::string& name) {
  const Tensor x = made({steps::rows, steps::columns}, steps::input).set_requires_grad(true);
  const Tensor y = made({steps::rows}, [](std::int64_t i) {
                     return static_cast<float>(steps::target(i, steps::columns));
                   }).to(torch::kInt64);
  double value = 0;
  const double seconds = steps::median_seconds([&] {
    const Tensor loss = F::cross_entropy(x, y);
    value = loss.item<double>();
    x.mutable_grad() = Tensor();
    loss.backward();
  });
  return steps::print(name, seconds, value, value);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "";
  at::set_num_threads(argc > 2 ? std::atoi(argv[2]) : 1);
  if (name == "tiny_forward" || name == "tiny_backward") return tiny(name, name == "tiny_backward");
  if (name == "adamw_1" || name == "adamw_100") return adamw_pass(name, name == "adamw_1" ? 1 : 100);
  if (name == "silu_forward" || name == "silu_backward") return silu_pass(name, name == "silu_backward");
  if (name == "softmax_xent") return softmax_pass(name);
  for (const steps::Network& spec : steps::networks())
    if (name == spec.name) return train(spec);
  return 2;
}
