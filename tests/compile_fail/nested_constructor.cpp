// expect: it has a constructor or a private or virtual member
#include "toy.hpp"

#include <optional>
#include <vector>

struct Inner {
  Inner() {}
  Toy toy;
};
struct Net {
  Linear a;
  std::vector<std::optional<Inner>> inner;
};
void use(Net& net) { visit_all(net); }
