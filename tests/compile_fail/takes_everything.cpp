// expect: has a constructor that takes everything
#include "toy.hpp"

struct Erased {
  Erased() {}
  template <class T> Erased(T) {}
  static void visit(auto&, auto&&) {}
};
struct Net {
  Linear a;
  Erased erased;
  Linear out;
};
void use(Net& net) { visit_all(net); }
