// expect: one of them is a C array
#include "toy.hpp"

struct Net {
  Linear first;
  Linear layers[3];
  Linear out;
};
void use(Net& net) { visit_all(net); }
