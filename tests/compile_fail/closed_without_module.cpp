// expect: it has a constructor, a private or virtual member
#include "toy.hpp"

struct Batch {
  Batch() {}
  int x;
};
void use(Batch& batch) {
  cinta::for_each_field(batch, [](std::string_view, auto&) {});
}
