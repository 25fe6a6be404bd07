// expect: does not take it const
#include "toy.hpp"

struct Net {
  Net() {}
  Toy toy;
  static void visit(Net& self, auto&& f) { f("toy", self.toy); }
};
void use(const Net& net) { visit_all(net); }
