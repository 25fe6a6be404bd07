// expect: more than 64
#include "toy.hpp"

struct Net {
  Linear first;
  int sizes[100];
};
void use(Net& net) { visit_all(net); }
