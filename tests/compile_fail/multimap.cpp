// expect: in which they have no lasting place or name
#include "toy.hpp"

#include <map>
#include <string>

struct Net {
  std::multimap<std::string, Linear> layers;
};
void use(Net& net) { visit_all(net); }
