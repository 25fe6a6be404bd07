// expect: there is no field of that number
#include "toy.hpp"

constexpr auto name = cinta::field_name<Linear, 2>();
