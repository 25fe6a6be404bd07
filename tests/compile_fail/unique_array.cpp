// expect: in which they have no lasting place or name
#include "toy.hpp"

#include <memory>

struct Net {
  std::unique_ptr<Linear[]> layers;
};
void use(Net& net) { visit_all(net); }
