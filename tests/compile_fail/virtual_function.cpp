// expect: it has a constructor or a private or virtual member
#include "toy.hpp"

struct Net {
  virtual void run();
  Linear out;
};
void use(Net& net) { visit_all(net); }
