// expect: a module holds a union
#include "toy.hpp"

union Either {
  int a;
  float b;
};
struct Net {
  Either either;
  Linear out;
};
void use(Net& net) { visit_all(net); }
