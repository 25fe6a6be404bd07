// A plain interpreter of ops, in f64 and in loops that anybody can check: what random graphs are compared with.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

namespace plain {

using Sizes = std::vector<std::int64_t>;

inline std::int64_t product(const Sizes& s) {
  return std::accumulate(s.begin(), s.end(), std::int64_t{1}, std::multiplies<>());
}

struct Array {
  Sizes shape;
  std::vector<double> data;

  explicit Array(Sizes s = {}, double value = 0) : shape(std::move(s)) {
    data.assign(static_cast<std::size_t>(product(shape)), value);
  }
  double& operator[](std::int64_t i) { return data[static_cast<std::size_t>(i)]; }
  double operator[](std::int64_t i) const { return data[static_cast<std::size_t>(i)]; }
  std::int64_t size() const { return static_cast<std::int64_t>(data.size()); }
  int rank() const { return static_cast<int>(shape.size()); }
};

/// The index along each axis of flat element i.
inline Sizes unravel(std::int64_t i, const Sizes& shape) {
  Sizes at(shape.size());
  for (std::size_t a = shape.size(); a-- > 0;) {
    at[a] = i % shape[a];
    i /= shape[a];
  }
  return at;
}
inline std::int64_t ravel(const Sizes& at, const Sizes& shape) {
  std::int64_t i = 0;
  for (std::size_t a = 0; a < shape.size(); ++a) i = i * shape[a] + at[a];
  return i;
}

/// The element that broadcasting puts at `at`.
inline double broadcast_element(const Array& x, const Sizes& at) {
  Sizes own(x.shape.size());
  const std::size_t offset = at.size() - x.shape.size();
  for (std::size_t a = 0; a < own.size(); ++a) own[a] = x.shape[a] == 1 ? 0 : at[a + offset];
  return x[ravel(own, x.shape)];
}
inline Sizes broadcast(const Sizes& a, const Sizes& b) {
  Sizes out(std::max(a.size(), b.size()), 1);
  for (const Sizes* s : {&a, &b})
    for (std::size_t i = 0; i < s->size(); ++i) {
      auto& size = out[out.size() - s->size() + i];
      size = std::max(size, (*s)[i]);
    }
  return out;
}

template <class F> Array map(const Array& x, F f) {
  Array y(x.shape);
  for (std::int64_t i = 0; i < y.size(); ++i) y[i] = f(x[i]);
  return y;
}
template <class F> Array map(const Array& a, const Array& b, F f) {
  Array y(broadcast(a.shape, b.shape));
  for (std::int64_t i = 0; i < y.size(); ++i) {
    const Sizes at = unravel(i, y.shape);
    y[i] = f(broadcast_element(a, at), broadcast_element(b, at));
  }
  return y;
}

/// f of each line along an axis, which stays as size 1.
template <class F> Array reduce(const Array& x, int axis, F f) {
  Sizes kept = x.shape;
  kept[static_cast<std::size_t>(axis)] = 1;
  Array y(kept);
  for (std::int64_t i = 0; i < y.size(); ++i) {
    Sizes at = unravel(i, kept);
    std::vector<double> line;
    for (std::int64_t k = 0; k < x.shape[static_cast<std::size_t>(axis)]; ++k) {
      at[static_cast<std::size_t>(axis)] = k;
      line.push_back(x[ravel(at, x.shape)]);
    }
    y[i] = f(line);
  }
  return y;
}

inline double sum_of(const std::vector<double>& v) { return std::accumulate(v.begin(), v.end(), 0.0); }
inline double mean_of(const std::vector<double>& v) { return sum_of(v) / static_cast<double>(v.size()); }
inline double max_of(const std::vector<double>& v) { return *std::max_element(v.begin(), v.end()); }
inline double min_of(const std::vector<double>& v) { return *std::min_element(v.begin(), v.end()); }
inline double variance_of(const std::vector<double>& v) {
  double s = 0;
  for (const double x : v) s += (x - mean_of(v)) * (x - mean_of(v));
  return s / static_cast<double>(v.size());
}
inline double logsumexp_of(const std::vector<double>& v) {
  double s = 0;
  for (const double x : v) s += std::exp(x - max_of(v));
  return max_of(v) + std::log(s);
}

/// Element i of the result is element `from(index of i)` of x.
template <class F> Array moved(const Array& x, Sizes shape, F from) {
  Array y(std::move(shape));
  for (std::int64_t i = 0; i < y.size(); ++i) y[i] = x[ravel(from(unravel(i, y.shape)), x.shape)];
  return y;
}

/// [m, k] × [k, n]
inline Array matmul(const Array& a, const Array& b) {
  Array c({a.shape[0], b.shape[1]});
  for (std::int64_t i = 0; i < c.shape[0]; ++i)
    for (std::int64_t j = 0; j < c.shape[1]; ++j)
      for (std::int64_t k = 0; k < a.shape[1]; ++k)
        c[i * c.shape[1] + j] += a[i * a.shape[1] + k] * b[k * b.shape[1] + j];
  return c;
}

}  // namespace plain
