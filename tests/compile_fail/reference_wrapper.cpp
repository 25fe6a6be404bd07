// expect: in which they have no lasting place or name
#include "toy.hpp"

#include <functional>

struct Net {
  std::reference_wrapper<Linear> shared;
};
void use(Net& net) { visit_all(net); }
