// expect: it has a constructor or a private or virtual member
#include <cinta/framework/nn/layers.hpp>

class Net {
  cinta::Linear hidden{2, 8};
};
void use(Net& net) { cinta::init(net); }
