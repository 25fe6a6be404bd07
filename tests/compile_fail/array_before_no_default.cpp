// expect: one of them is a C array
#include "toy.hpp"

struct Closed {
  explicit Closed(int) {}
  static void visit(auto& self, auto&& f) { f("toy", self.toy); }
  Toy toy;
};
struct Net {
  Toy layers[2];
  Closed a, b;
};
void use(Net& net) { visit_all(net); }
