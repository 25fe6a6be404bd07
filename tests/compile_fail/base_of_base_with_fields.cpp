// expect: it has a base class with fields
#include "toy.hpp"

struct Middle : Linear {};
struct Net : Middle {};
void use(Net& net) { visit_all(net); }
