// expect: in which they have no lasting place or name
#include "toy.hpp"

#include <string>
#include <unordered_map>

struct Net {
  std::unordered_map<std::string, Linear> layers;
};
void use(Net& net) { visit_all(net); }
