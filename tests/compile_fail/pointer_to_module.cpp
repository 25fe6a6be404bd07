// expect: a pointer or a reference to what may be a module
#include "toy.hpp"

struct Net {
  Linear* shared;
  Linear out;
};
void use(Net& net) { visit_all(net); }
