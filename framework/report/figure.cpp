#include <cinta/framework/report/figure.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace cinta {
namespace {

constexpr double margin = 0.04;

void widen(Range& range, std::span<const double> values, bool positive) {
  for (const double v : values) {
    if (!std::isfinite(v) || (positive && v <= 0)) continue;
    range.low = std::min(range.low, v);
    range.high = std::max(range.high, v);
  }
}

// With room around what it holds; of nothing, or of one value, an interval around it.
Range with_margin(Range range, bool logarithmic) {
  if (range.low > range.high) return logarithmic ? Range{0.1, 10} : Range{0, 1};
  if (logarithmic) {
    const double room = range.low == range.high ? 2 : std::pow(range.high / range.low, margin);
    return {range.low / room, range.high * room};
  }
  const double room =
      range.low == range.high ? std::max(1.0, std::abs(range.low)) / 2 : margin * (range.high - range.low);
  return {range.low - room, range.high + room};
}

Range range_of(const Figure& figure, std::vector<double> Series::*values, bool logarithmic) {
  Range range{INFINITY, -INFINITY};
  for (const Series& s : figure.series) widen(range, s.*values, logarithmic);
  return with_margin(range, logarithmic);
}

std::size_t nearest_index(const std::vector<double>& grid, double v) {
  const double step = (grid.back() - grid.front()) / static_cast<double>(grid.size() - 1);
  const double place = std::clamp((v - grid.front()) / step, 0.0, static_cast<double>(grid.size() - 1));
  return static_cast<std::size_t>(std::lround(place));
}

[[noreturn]] void refuse(const Figure& figure, const std::string& reason, Where where) {
  throw ValueError(where, fmt::format("figure \"{}\": {}", figure.title, reason));
}

void check_series(const Figure& figure, const Series& s, Where where) {
  if (s.kind == Series::Kind::bars) {
    if (s.y.size() != figure.bar_names.size())
      refuse(figure,
             fmt::format("series \"{}\" has {} bars where there are {} names", s.name, s.y.size(),
                         figure.bar_names.size()),
             where);
  } else {
    if (!figure.bar_names.empty())
      refuse(figure, fmt::format("series \"{}\" stands beside bars and is none", s.name), where);
    if (s.x.size() != s.y.size())
      refuse(figure, fmt::format("series \"{}\" has {} x and {} y", s.name, s.x.size(), s.y.size()), where);
  }
}

void check_field(const Figure& figure, const Field& f, Where where) {
  if (f.x.size() < 2 || f.y.size() < 2 || f.z.size() != f.x.size() * f.y.size())
    refuse(figure, fmt::format("the field has {} values on a grid of {} × {}", f.z.size(), f.x.size(), f.y.size()),
           where);
  if (!(f.x.front() < f.x.back()) || !(f.y.front() < f.y.back()))
    refuse(figure, "the field's grid does not rise", where);
  if (!(f.low < f.high)) refuse(figure, fmt::format("the field's colours go from {} to {}", f.low, f.high), where);
}

}  // namespace

Bounds bounds(const Figure& figure) {
  Bounds b;
  if (!figure.bar_names.empty()) {
    b.x = {-0.6, static_cast<double>(figure.bar_names.size()) - 0.4};
    b.y = range_of(figure, &Series::y, figure.log_y);
    if (!figure.log_y) b.y = {std::min(0.0, b.y.low), std::max(0.0, b.y.high)};  // bars stand on zero
  } else if (figure.field) {
    b = {{figure.field->x.front(), figure.field->x.back()}, {figure.field->y.front(), figure.field->y.back()}};
  } else {
    b = {range_of(figure, &Series::x, false), range_of(figure, &Series::y, figure.log_y)};
  }
  return {figure.x_range.value_or(b.x), figure.y_range.value_or(b.y)};
}

double nearest_value(const Field& field, double x, double y) {
  return field.z[nearest_index(field.y, y) * field.x.size() + nearest_index(field.x, x)];
}

void check(const Figure& figure, Where where) {
  for (const Series& s : figure.series) check_series(figure, s, where);
  if (figure.field) check_field(figure, *figure.field, where);
  for (const auto& range : {figure.x_range, figure.y_range})
    if (range && !(range->low < range->high))
      refuse(figure, fmt::format("a range from {} to {} is empty", range->low, range->high), where);
}

}  // namespace cinta
