// expect: step writes parameters: the model may not be const
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/optim/optimizer.hpp>

struct Net {
  cinta::Linear hidden{2, 8};
};
void use(cinta::Optimizer& optimizer, const Net& net, const cinta::Gradients& g) { optimizer.step(net, g); }
