// README's first program as libtorch has it: what the compile times are set beside.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  torch::nn::Linear hidden{nullptr}, out{nullptr};
  NetImpl() {
    hidden = register_module("hidden", torch::nn::Linear(2, 8));
    out = register_module("out", torch::nn::Linear(8, 1));
  }
  torch::Tensor forward(const torch::Tensor& x) { return out(torch::tanh(hidden(x))); }
};
TORCH_MODULE(Net);

int main() {
  const auto x = torch::tensor({{0.f, 0.f}, {0.f, 1.f}, {1.f, 0.f}, {1.f, 1.f}}),
             y = torch::tensor({{0.f}, {1.f}, {1.f}, {0.f}});
  torch::manual_seed(1);
  Net net;
  torch::optim::AdamW optimizer(net->parameters(), torch::optim::AdamWOptions(0.05));
  for (int epoch = 0; epoch < 500; ++epoch) {
    optimizer.zero_grad();
    torch::nn::functional::binary_cross_entropy_with_logits(net(x), y).backward();
    optimizer.step();
  }
  torch::NoGradGuard guard;
  std::cout << torch::sigmoid(net(x)) << "\n";
}
