// expect: a pointer or a reference to what may be a module
#include "toy.hpp"

#include <tuple>

struct Net {
  std::tuple<Linear&, int> shared;
};
void use(Net& net) { visit_all(net); }
