// expect: it has a base class with fields
#include "toy.hpp"

struct Net : Linear {
  Linear out;
};
void use(Net& net) { visit_all(net); }
