// expect: it has a base class with fields
#include "toy.hpp"

#include <vector>

struct Net : std::vector<Linear> {
  Linear out;
};
void use(Net& net) { visit_all(net); }
