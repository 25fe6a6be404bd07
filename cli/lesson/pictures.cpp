#include "pictures.hpp"

#include <cmath>

namespace cinta::cli {

std::vector<double> numbers(const Tensor& x) {
  const Tensor values = convert(x.detach(), f64);
  const auto span = values.span<double>();
  return {span.begin(), span.end()};
}

std::vector<Series> class_points(const Tensor& x, const Tensor& y, const std::string& zero, const std::string& one) {
  std::vector<Series> series{{.name = zero, .kind = Series::Kind::points, .x = {}, .y = {}, .style = 0},
                             {.name = one, .kind = Series::Kind::points, .x = {}, .y = {}, .style = 1}};
  const std::vector<double> places = numbers(x), classes = numbers(y);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    Series& s = series[classes[i] == 1 ? 1 : 0];
    s.x.push_back(places[2 * i]);
    s.y.push_back(places[2 * i + 1]);
  }
  return series;
}

Series decision_line(const std::string& name, double w0, double w1, double b, Range shown) {
  Series s{.name = name, .kind = Series::Kind::line, .x = {}, .y = {}};
  if (std::abs(w1) >= std::abs(w0) && w1 != 0) {
    s.x = {shown.low, shown.high};
    for (const double x : s.x) s.y.push_back(-(b + w0 * x) / w1);
  } else if (w0 != 0) {
    s.y = {shown.low, shown.high};
    for (const double y : s.y) s.x.push_back(-(b + w1 * y) / w0);
  }
  return s;
}

Field region(const std::string& name, const std::function<Tensor(const Tensor&)>& f, Range shown, int places) {
  Field field{.name = name, .x = {}, .y = {}, .z = {}, .levels = {}};
  for (int i = 0; i < places; ++i) field.x.push_back(shown.low + (shown.high - shown.low) * (i + 0.5) / places);
  field.y = field.x;
  Tensor grid = zeros({places * places, 2}, f64);
  const auto out = grid.mutable_span<double>();
  for (std::size_t j = 0, k = 0; j < field.y.size(); ++j)
    for (std::size_t i = 0; i < field.x.size(); ++i, k += 2) out[k] = field.x[i], out[k + 1] = field.y[j];
  field.z = numbers(f(grid));
  return field;
}

}  // namespace cinta::cli
