// expect: a C array of what may be modules
#include "toy.hpp"

struct Net {
  Net() {}
  Linear layers[2];
  static void visit(auto& self, auto&& f) { f("layers", self.layers); }
};
void use(Net& net) { visit_all(net); }
