// expect: it has a constructor or a private or virtual member
#include "toy.hpp"

class Net {
  Linear out;
};
void use(Net& net) { visit_all(net); }
