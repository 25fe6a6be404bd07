// expect: in which they have no lasting place or name
#include "toy.hpp"

#include <any>

struct Net {
  std::any anything;
};
void use(Net& net) { visit_all(net); }
