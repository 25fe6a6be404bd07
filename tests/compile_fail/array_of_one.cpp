// expect: one of them is a C array
#include "toy.hpp"

struct Net {
  Linear layers[1];
};
void use(Net& net) { visit_all(net); }
