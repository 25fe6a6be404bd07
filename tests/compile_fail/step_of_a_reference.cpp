// expect: one of them is a reference
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/optim/optimizer.hpp>

struct Net {
  cinta::Linear hidden{2, 8};
  cinta::Linear& shared;
};
void use(cinta::Optimizer& optimizer, Net& net, const cinta::Gradients& g) { optimizer.step(net, g); }
