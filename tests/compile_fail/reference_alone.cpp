// expect: one of them is a reference
#include "toy.hpp"

struct Net {
  Linear& shared;
};
void use(Net& net) { visit_all(net); }
