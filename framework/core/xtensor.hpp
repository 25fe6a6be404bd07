// The bridge to xtensor: a Tensor seen as an xtensor array on its own memory, and a Tensor from any xtensor expression.
// Included by those who use it, and by kernels that move data, compare or sort.
#pragma once

#include <cinta/framework/core/tensor.hpp>

#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xnoalias.hpp>

#include <algorithm>

namespace cinta {

/// An xtensor array on memory that a tensor owns: no copy, no allocation. It must not outlive its tensor.
template <class T> using ArrayView =
    xt::xarray_adaptor<xt::xbuffer_adaptor<T*, xt::no_ownership, std::allocator<std::remove_const_t<T>>>,
                       xt::layout_type::row_major, xt::svector<std::size_t, Shape::max_rank>>;

template <class T> ArrayView<T> array_view(T* data, const Shape& shape) {
  const xt::svector<std::size_t, Shape::max_rank> sizes(shape.begin(), shape.end());
  using Memory = xt::xbuffer_adaptor<T*, xt::no_ownership, std::allocator<std::remove_const_t<T>>>;
  return ArrayView<T>(Memory(data, static_cast<std::size_t>(shape.size())), sizes);
}

template <Element T> auto Tensor::array(Where where) const& {
  return array_view<const T>(span<T>(where).data(), shape());
}

template <Element T> auto Tensor::mutable_array(Where where) & {
  return array_view<T>(mutable_span<T>(where).data(), shape());
}

template <class E>
requires requires { typename E::expression_tag; }
Tensor::Tensor(const E& expression) {
  using V = typename E::value_type;
  using T = std::conditional_t<
      std::is_same_v<V, bool>, std::uint8_t,
      std::conditional_t<Element<V>, V, std::conditional_t<std::is_integral_v<V>, std::int32_t, double>>>;
  static_assert(std::is_arithmetic_v<V>,
                "a Tensor holds numbers: this xtensor expression's elements are of another type");
  Shape shape;
  for (const auto n : expression.shape()) shape.push_back(static_cast<std::int64_t>(n));
  *this = empty(shape, dtype_of<T>);
  auto view = array_view<T>(mutable_data<T>(), this->shape());
  xt::noalias(view) = xt::cast<T>(expression);
}

}  // namespace cinta
