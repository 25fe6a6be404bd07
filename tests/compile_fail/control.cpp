// compiles
#include "toy.hpp"

struct Net {
  Linear hidden;
  Linear out;
};
void use(Net& net) { visit_all(net); }
