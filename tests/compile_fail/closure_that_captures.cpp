// expect: a lambda that captures
#include "toy.hpp"

void use() {
  Linear inner;
  auto net = [inner] { return inner; };
  visit_all(net);
}
