#include <cinta/framework/optim/links.hpp>

#include <cinta/framework/optim/scalar_functions.hpp>

namespace cinta {

ScaleByAdam::Scalars ScaleByAdam::prepare(const Step& t) const {
  const double b1 = beta1.value(t), b2 = beta2.value(t);
  const auto [power1, power2] = powers(b1, b2, static_cast<double>(t.updates));
  const double left1 = 1 - power1, left2 = 1 - power2;
  Scalars c{b1, 1 - b1, b2, 1 - b2, 1 / left1, 1 / left2, epsilon};
  if (dialect == Dialect::keras) {
    c.m_correction = square_root(left2) / left1;
    c.v_correction = 1;
  }
  return c;
}

void ClipByGlobalNorm::conclude(Scalars& c, double total) const {
  const double norm = square_root(total);
  c.factor = norm <= c.max_norm ? 1 : c.max_norm / norm;
}

}  // namespace cinta
