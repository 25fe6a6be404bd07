// expect: a module holds a std::shared_ptr
#include "toy.hpp"

#include <memory>

struct Net {
  std::shared_ptr<Linear> shared;
  Linear out;
};
void use(Net& net) { visit_all(net); }
