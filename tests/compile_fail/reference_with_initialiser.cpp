// expect: one of them is a reference
#include "toy.hpp"

inline Linear shared_layer;
struct Net {
  Linear a;
  Linear& shared = shared_layer;
  Linear out;
};
void use(Net& net) { visit_all(net); }
