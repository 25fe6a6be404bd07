// expect: bit-field
#include "toy.hpp"

struct Net {
  int small : 3;
  Linear out;
};
void use(Net& net) { visit_all(net); }
