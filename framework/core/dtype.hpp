// The element types of tensors, and the C++ types they stand for. Used by everything above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace cinta {

/// f32 and f64 are differentiable; i32 holds indices and counts; u8 is what comparisons return.
enum class Dtype : std::uint8_t { f32, f64, i32, u8 };
inline constexpr Dtype f32 = Dtype::f32;  ///< `Dtype::f32`
inline constexpr Dtype f64 = Dtype::f64;  ///< `Dtype::f64`
inline constexpr Dtype i32 = Dtype::i32;  ///< `Dtype::i32`
inline constexpr Dtype u8 = Dtype::u8;    ///< `Dtype::u8`

/// Whether it is f32 or f64.
constexpr bool is_floating(Dtype d) { return d == f32 || d == f64; }
/// The bytes of an element.
constexpr std::size_t size_of(Dtype d) { return d == f64 ? 8 : d == u8 ? 1 : 4; }
/// "f32", "f64", "i32" or "u8".
constexpr std::string_view to_string(Dtype d) {
  constexpr std::string_view names[] = {"f32", "f64", "i32", "u8"};
  return names[static_cast<int>(d)];
}

template <class T>
concept Element = std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, std::int32_t> ||
    std::is_same_v<T, std::uint8_t>;
/// The element type of a C++ type.
template <Element T> inline constexpr Dtype dtype_of = std::is_same_v<T, float>          ? f32
                                                       : std::is_same_v<T, double>       ? f64
                                                       : std::is_same_v<T, std::int32_t> ? i32
                                                                                         : u8;

/// Calls `f` with a value of the C++ type of `d`: `visit_dtype(x.dtype(), [&](auto zero) { using T = decltype(zero); …
/// })`.
template <class F> decltype(auto) visit_dtype(Dtype d, F&& f) {
  switch (d) {
    case f64:
      return f(double{});
    case i32:
      return f(std::int32_t{});
    case u8:
      return f(std::uint8_t{});
    default:
      return f(float{});
  }
}

}  // namespace cinta
