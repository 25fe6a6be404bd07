// expect: it has more than 64
#include "toy.hpp"

struct Net {
  Linear f00, f01, f02, f03, f04, f05, f06, f07;
  Linear f10, f11, f12, f13, f14, f15, f16, f17;
  Linear f20, f21, f22, f23, f24, f25, f26, f27;
  Linear f30, f31, f32, f33, f34, f35, f36, f37;
  Linear f40, f41, f42, f43, f44, f45, f46, f47;
  Linear f50, f51, f52, f53, f54, f55, f56, f57;
  Linear f60, f61, f62, f63, f64, f65, f66, f67;
  Linear f70, f71, f72, f73, f74, f75, f76, f77;
  Linear last;
};
void use(Net& net) { visit_all(net); }
