// expect: one of them is a reference
#include "toy.hpp"

struct Net {
  Linear out;
  Linear& shared;
};
void use(Net& net) { visit_all(net); }
