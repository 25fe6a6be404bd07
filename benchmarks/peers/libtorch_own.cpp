// An op and an optimizer of one's own as libtorch has them; see cinta_own.cpp.
#include <torch/torch.h>

#include <iostream>

struct Swish : torch::autograd::Function<Swish> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x) {
    context->save_for_backward({x});
    return x * torch::sigmoid(x);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto x = context->get_saved_variables()[0], s = torch::sigmoid(x);
    return {gradients[0] * s * (1 + x * (1 - s))};
  }
};

struct SignOptions : torch::optim::OptimizerCloneableOptions<SignOptions> {
  double rate = 0.01, beta = 0.9, decay = 0.01;
};
struct Sign : torch::optim::Optimizer {
  std::vector<torch::Tensor> means;
  explicit Sign(const std::vector<torch::Tensor>& parameters)
      : Optimizer({torch::optim::OptimizerParamGroup(parameters)}, std::make_unique<SignOptions>()) {
    for (const auto& p : parameters) means.push_back(torch::zeros_like(p));
  }
  torch::Tensor step(LossClosure = nullptr) override {
    torch::NoGradGuard guard;
    const auto& o = static_cast<const SignOptions&>(defaults());
    const auto& parameters = param_groups()[0].params();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      auto p = parameters[i];
      means[i].mul_(o.beta).add_(p.grad(), 1 - o.beta);
      p.mul_(1 - o.rate * o.decay).sub_(means[i].sign(), o.rate);
    }
    return {};
  }
};

struct NetImpl : torch::nn::Module {
  torch::nn::Linear hidden{nullptr}, out{nullptr};
  NetImpl() {
    hidden = register_module("hidden", torch::nn::Linear(2, 8));
    out = register_module("out", torch::nn::Linear(8, 1));
  }
  torch::Tensor forward(const torch::Tensor& x) { return out(Swish::apply(hidden(x))); }
};
TORCH_MODULE(Net);

int main() {
  const auto x = torch::tensor({{0.f, 0.f}, {0.f, 1.f}, {1.f, 0.f}, {1.f, 1.f}}),
             y = torch::tensor({{0.f}, {1.f}, {1.f}, {0.f}});
  torch::manual_seed(1);
  Net net;
  Sign optimizer(net->parameters());
  for (int epoch = 0; epoch < 500; ++epoch) {
    optimizer.zero_grad();
    torch::nn::functional::binary_cross_entropy_with_logits(net(x), y).backward();
    optimizer.step();
  }
  torch::NoGradGuard guard;
  std::cout << torch::sigmoid(net(x)) << "\n";
}
