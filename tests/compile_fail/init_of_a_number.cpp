// expect: this is no module
#include <cinta/framework/nn/init.hpp>

void use(int& net) { cinta::init(net); }
