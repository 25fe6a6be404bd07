// expect: it has a constructor or a private or virtual member
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/save.hpp>

struct Net {
  explicit Net(int width) : hidden(2, width) {}
  cinta::Linear hidden;
};
void use(const Net& net) { cinta::save(net, "net.safetensors"); }
