#include <cinta/models/linear_regression.hpp>

namespace cinta::models {

Scaling::Scaling(const Tensor& x) : mean(cinta::mean(x, 0, {.keepdims = true})) {
  const Tensor spread = sqrt(var(x, 0, {.keepdims = true, .correction = 0}));
  deviation = select(spread > 0, spread, 1);
}

DescentResult train(LinearRegression& model, const Tensor& x, const Tensor& y, Optimizer optimizer,
                    const DescentSettings& settings, const std::function<void(std::int64_t update)>& watch,
                    Where where) {
  return descend(model, MeanSquaredError{}, std::move(optimizer), {x, y}, settings, watch, where);
}

std::vector<double> coefficients(const LinearRegression& model, const Scaling& x, const Scaling& y) {
  const Tensor w = model.theta.weight.value().to(f64) * y.deviation.to(f64) / transpose(x.deviation.to(f64));
  std::vector<double> b{(model.theta.bias.value().to(f64) * y.deviation.to(f64) + y.mean.to(f64)).item<double>()};
  b[0] -= sum(transpose(w) * x.mean.to(f64)).item<double>();
  for (std::int64_t i = 0; i < w.size(); ++i) b.push_back(w(i, 0));
  return b;
}

}  // namespace cinta::models
