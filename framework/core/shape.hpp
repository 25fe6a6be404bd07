// Shapes of up to eight axes, held inline, and NumPy's broadcasting of them. Used by everything above.
#pragma once

#include <cinta/framework/core/error.hpp>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>

namespace cinta {

/// The sizes of a tensor's axes, outermost first; rank 0 is a scalar.
class Shape {
 public:
  static constexpr int max_rank = 8;  ///< axes at most

  /// Of a scalar.
  constexpr Shape() {
    if (std::is_constant_evaluated())
      for (std::int64_t& size : sizes_) size = 0;
  }
  /// Throws `ShapeError` for more than `max_rank` axes, a negative size, or a product over 2^62.
  Shape(std::initializer_list<std::int64_t> sizes, Where where = Where::here());
  /// From sizes; throws `ShapeError` as the constructor from a list does.
  explicit Shape(std::span<const std::int64_t> sizes, Where where = {});

  /// The number of axes.
  constexpr int rank() const { return rank_; }
  /// The number of elements: the product of the sizes, 1 for rank 0.
  constexpr std::int64_t size() const {
    std::int64_t n = 1;
    for (int i = 0; i < rank_; ++i) n *= sizes_[i];
    return n;
  }
  /// The size of an axis, which must be in [0, rank).
  constexpr std::int64_t operator[](int axis) const { return sizes_[axis]; }
  /// The size of an axis, to be set.
  constexpr std::int64_t& operator[](int axis) { return sizes_[axis]; }
  /// The size of an axis counted from the end when negative; the caller has checked it.
  constexpr std::int64_t back(int axis = -1) const { return sizes_[rank_ + axis]; }
  /// The first axis' size.
  constexpr const std::int64_t* begin() const { return sizes_; }
  /// The end of the sizes.
  constexpr const std::int64_t* end() const { return sizes_ + rank_; }
  /// Adds an axis at the end; throws `ShapeError` beyond `max_rank`.
  void push_back(std::int64_t size);

  /// Whether rank and sizes agree.
  constexpr friend bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int i = 0; i < a.rank_; ++i)
      if (a.sizes_[i] != b.sizes_[i]) return false;
    return true;
  }

 private:
  std::int64_t sizes_[max_rank];  // of which `rank_` are set: to clear them all would cost a tiny op much of its time
  int rank_ = 0;
};

/// "[32, 784]"; "[]" for a scalar.
std::string to_string(const Shape& shape);

/// The shape that both broadcast to, by NumPy's rule: aligned at the last axis, sizes equal or 1.
/// Throws `ShapeError`, which names the op and both shapes.
Shape broadcast_shapes(const Shape& a, const Shape& b, const char* op, Where where);

/// `axis` counted from the front; throws `ShapeError`, which names the op, when it is outside [-rank, rank).
int normalize_axis(int axis, int rank, const char* op, Where where);

}  // namespace cinta
