// expect: a lambda that captures
#include "toy.hpp"

template <class F> struct Net {
  Linear out;
  F f;
};
void use() {
  Linear inner;
  auto f = [inner] { return inner; };
  Net<decltype(f)> net{{}, f};
  visit_all(net);
}
