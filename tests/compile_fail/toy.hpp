// What the files of this folder build their mistakes from.
#pragma once

#include <cinta/framework/core/visit.hpp>

struct Toy {
  Toy() = default;
  explicit Toy(int v) : value(v) {}
  int value = 0;
};
template <> inline constexpr bool cinta::is_leaf_v<Toy> = true;

struct Linear {
  Toy weight{1}, bias{2};
};

template <class T> void visit_all(T& module) {
  cinta::visit(module, [](const cinta::Name&, auto&) {});
}
