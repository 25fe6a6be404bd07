// expect: one of them is a C array
#include "toy.hpp"

struct Net {
  int sizes[2];
  Linear out;
};
void use(Net& net) { visit_all(net); }
