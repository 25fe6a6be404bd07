// expect: it has a base class with fields
#include "toy.hpp"

struct Tag {};
struct Net : Tag, Linear {
  Linear out;
};
void use(Net& net) { visit_all(net); }
