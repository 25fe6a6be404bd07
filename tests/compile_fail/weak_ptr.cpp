// expect: a module holds a std::shared_ptr
#include "toy.hpp"

#include <memory>

struct Net {
  std::weak_ptr<Linear> weak;
};
void use(Net& net) { visit_all(net); }
