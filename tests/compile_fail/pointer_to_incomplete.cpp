// expect: a pointer or a reference to what may be a module
#include "toy.hpp"

struct Hidden;
struct Net {
  Linear out;
  Hidden* hidden;
};
void use(Net& net) { visit_all(net); }
