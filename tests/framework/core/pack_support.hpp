// What the tests of packs share: the compiled sets, arguments that cover every exponent, comparison of bits.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include <cinta/framework/core/isa.hpp>

#include "pack_kernels.hpp"

namespace cinta {
CINTA_IN_EACH_SET(pack_kernels::Set<float> pack_set_f32(); pack_kernels::Set<double> pack_set_f64();)
}  // namespace cinta

namespace pack_test {

struct NamedSet {
  const char* name;
  pack_kernels::Set<float> f32;
  pack_kernels::Set<double> f64;
  template <class T> const pack_kernels::Set<T>& get() const {
    if constexpr (sizeof(T) == 4) return f32;
    else return f64;
  }
};

/// The sets that this machine can run; v3 first.
inline const std::vector<NamedSet>& sets() {
  static const std::vector<NamedSet> all = [] {
    std::vector<NamedSet> r;
#if defined(__x86_64__)
    r.push_back({"v3", cinta::v3::pack_set_f32(), cinta::v3::pack_set_f64()});
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
      r.push_back({"v4", cinta::v4::pack_set_f32(), cinta::v4::pack_set_f64()});
#else
    r.push_back({"generic", cinta::generic::pack_set_f32(), cinta::generic::pack_set_f64()});
#endif
    return r;
  }();
  return all;
}

template <class T> using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// Equal bits, or both NaN.
template <class T> bool same(T a, T b) {
  return (a != a && b != b) || std::bit_cast<Bits<T>>(a) == std::bit_cast<Bits<T>>(b);
}

/// The same numbers in every run and on every machine (splitmix64).
struct Numbers {
  std::uint64_t state;
  std::uint64_t next() {
    std::uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  double uniform(double low, double high) { return low + (high - low) * static_cast<double>(next() >> 11) * 0x1p-53; }
};

template <class T> std::vector<T> special_values() {
  using L = std::numeric_limits<T>;
  std::vector<T> r;
  for (T x : {T(0), L::denorm_min(), L::min() / 4, L::min(), L::epsilon(), T(0.5), T(1) - L::epsilon() / 2, T(1),
              T(1) + L::epsilon(), T(1.5), T(2), T(2.5), T(3), T(1e10), L::max() / 2, L::max(), L::infinity(),
              L::quiet_NaN()}) {
    r.push_back(x);
    r.push_back(-x);
  }
  return r;
}

/// Every exponent with both signs (zeros, subnormals, infinities, NaN) `per_exponent` times, with the smallest, the
/// largest and random fractions, and twenty times as many in [2⁻¹⁶, 2¹⁰], where functions have their branches.
template <class T> std::vector<T> sweep(int per_exponent, std::uint64_t seed = 1) {
  constexpr int fraction = std::numeric_limits<T>::digits - 1;
  constexpr int exponent = sizeof(T) * 8 - 1 - fraction;
  constexpr int bias = (1 << (exponent - 1)) - 1;
  constexpr Bits<T> mask = (Bits<T>(1) << fraction) - 1;
  Numbers numbers{seed};
  std::vector<T> r = special_values<T>();
  for (Bits<T> sign = 0; sign < 2; ++sign)
    for (int e = 0; e < 1 << exponent; ++e) {
      const bool usual = e >= bias - 16 && e < bias + 10;
      for (int i = 0; i < (usual ? 20 * per_exponent : per_exponent); ++i) {
        const Bits<T> f = i == 0 ? 0 : i == 1 ? mask : static_cast<Bits<T>>(numbers.next()) & mask;
        r.push_back(std::bit_cast<T>(static_cast<Bits<T>>(sign << (exponent + fraction) | Bits<T>(e) << fraction | f)));
      }
    }
  return r;
}

template <class T> void shuffle(std::vector<T>& x, std::uint64_t seed) {
  Numbers numbers{seed};
  for (std::size_t i = x.size(); i > 1; --i) std::swap(x[i - 1], x[numbers.next() % i]);
}

template <class T> const pack_kernels::Function<T>* find(const pack_kernels::Set<T>& set, const std::string& name) {
  for (const auto& f : set.functions)
    if (name == f.name) return &f;
  return nullptr;
}

/// f on whole arrays, by the function of that name.
template <class T> std::vector<T> apply(const pack_kernels::Set<T>& set, const std::string& name,
                                        const std::vector<T>& a, const std::vector<T>& b, const std::vector<T>& c) {
  std::vector<T> y(a.size());
  const auto* f = find(set, name);
  if (!f) throw std::string("no function " + name);
  f->run(a.data(), b.data(), c.data(), y.data(), static_cast<int>(a.size()));
  return y;
}
template <class T> T apply(const pack_kernels::Set<T>& set, const std::string& name, T a, T b = 0, T c = 0) {
  return apply<T>(set, name, std::vector<T>{a}, std::vector<T>{b}, std::vector<T>{c})[0];
}

// The least argument for which exp is infinity, and the greatest for which it is 0.
template <class T> inline constexpr T exp_infinite = sizeof(T) == 4 ? T(0x1.61814cp+6) : T(0x1.62b7d369a5aa8p+9);
template <class T> inline constexpr T exp_zero = sizeof(T) == 4 ? T(-0x1.5ebb86p+6) : T(-0x1.6232bdd7abcd2p+9);

}  // namespace pack_test
