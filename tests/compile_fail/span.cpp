// expect: in which they have no lasting place or name
#include "toy.hpp"

#include <span>

struct Net {
  std::span<Linear> layers;
};
void use(Net& net) { visit_all(net); }
