#include <cinta/framework/core/tensor.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

namespace cinta {
namespace {

void measure(const Literal& literal, Shape& shape, int depth) {
  if (!literal.is_list()) {
    if (depth != shape.rank()) throw ShapeError("a tensor's braces are ragged: a number stands where a list should");
    return;
  }
  const auto size = static_cast<std::int64_t>(literal.items().size());
  if (depth == shape.rank()) throw ShapeError("a tensor's braces are ragged: a list stands where a number should");
  if (shape[depth] != size)
    throw ShapeError(
        fmt::format("a tensor's braces are ragged: {} items where the first list has {}", size, shape[depth]));
  for (const Literal& item : literal.items()) measure(item, shape, depth + 1);
}

Shape shape_of(const Literal& literal) {
  Shape shape;
  for (const Literal* l = &literal; l->is_list(); l = l->items().begin()) {
    shape.push_back(static_cast<std::int64_t>(l->items().size()));
    if (l->items().size() == 0) break;
  }
  measure(literal, shape, 0);
  return shape;
}

// Floats beyond i32 become its ends, and NaN 0: a plain cast would be undefined. No branch, so that loops vectorise.
template <class To, class From> To convert_element(From x) {
  if constexpr (std::is_same_v<To, std::uint8_t>) return x != From{0} ? 1 : 0;
  else if constexpr (std::is_same_v<To, std::int32_t> && std::is_floating_point_v<From>) {
    constexpr From end = From(0x1p31), largest = sizeof(From) == 4 ? From(0x1.fffffep30) : From(INT32_MAX);
    const From low = x > -end ? x : -end, held = low < largest ? low : largest;  // of NaN −end
    const To inside = static_cast<To>(held);
    return x >= end ? INT32_MAX : x == x ? inside : 0;
  } else return static_cast<To>(x);
}

// Throws unless the element type holds the number: casting any other to an integer is undefined.
void require_fits(double number, Dtype dtype, Where where) {
  if (is_floating(dtype)) return;
  const double low = dtype == i32 ? INT32_MIN : 0, high = dtype == i32 ? INT32_MAX : UINT8_MAX;
  if (!(number >= low && number <= high) || number != std::trunc(number))
    throw ValueError(where, fmt::format("{} is not a value of {}", number, to_string(dtype)));
}

template <class T> void fill(const Literal& literal, T*& out) {
  if (!literal.is_list()) {
    require_fits(literal.number(), dtype_of<T>, {});
    *out++ = static_cast<T>(literal.number());
  }
  for (const Literal& item : literal.items()) fill(item, out);
}

}  // namespace

Tensor::Tensor(std::initializer_list<Literal> items) : Tensor(tensor(Literal(items))) {}

Tensor with_shape(const Tensor& x, const Shape& shape) {
  Tensor t = x.detach();
  t.set_shape(shape);
  return t;
}

Tensor scalar(double value, Dtype dtype) { return filled(Shape(), value, dtype); }

Tensor filled(const Shape& shape, double value, Dtype dtype) {
  Tensor t = empty(shape, dtype);
  visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    std::fill_n(t.own_data<T>(), t.size(), static_cast<T>(value));
  });
  return t;
}

Tensor tensor(const Literal& literal, Dtype dtype) {
  Tensor t = empty(shape_of(literal), dtype);
  visit_dtype(dtype, [&](auto zero) {
    auto* out = t.mutable_data<decltype(zero)>();
    fill(literal, out);
  });
  return t;
}

template <Element T> Tensor tensor(std::span<const T> elements, const Shape& shape) {
  if (static_cast<std::int64_t>(elements.size()) != shape.size())
    throw ShapeError(fmt::format("tensor: {} elements do not fill the shape {}", elements.size(), to_string(shape)));
  Tensor t = empty(shape, dtype_of<T>);
  if (!elements.empty()) std::memcpy(t.mutable_raw(), elements.data(), elements.size_bytes());
  return t;
}
template Tensor tensor(std::span<const float>, const Shape&);
template Tensor tensor(std::span<const double>, const Shape&);
template Tensor tensor(std::span<const std::int32_t>, const Shape&);
template Tensor tensor(std::span<const std::uint8_t>, const Shape&);

Tensor convert(const Tensor& x, Dtype dtype) {
  if (x.dtype() == dtype) return x.detach();
  Tensor y = empty(x.shape(), dtype);
  visit_dtype(x.dtype(), [&](auto from) {
    visit_dtype(dtype, [&](auto to) {
      using From = decltype(from);
      using To = decltype(to);
      const From* in = x.data<From>();
      std::transform(in, in + x.size(), y.mutable_data<To>(), [](From v) { return convert_element<To>(v); });
    });
  });
  return y;
}

bool equal_bytes(const Tensor& a, const Tensor& b) {
  return a.defined() == b.defined() && (!a.defined() || (a.dtype() == b.dtype() && a.shape() == b.shape() &&
                                                         std::memcmp(a.raw(), b.raw(), a.bytes()) == 0));
}

void Tensor::duplicate() {
  Storage* copy = acquire_storage(bytes());
  std::memcpy(copy->data(), storage_->data(), bytes());
  storage_ = copy;
}

void Tensor::duplicate_shared() {
  Storage* shared = storage_;
  duplicate();
  drop_reference(shared);
}

void Tensor::expose(Where where) {
  if (recorded())
    throw TapeError(where, "the elements of a recorded tensor can't be written: detach it first, x = x.detach()");
  if (!is_unique(storage_)) duplicate_shared();
  storage_->exposed = true;
}

void Tensor::check_dtype(Dtype wanted, Where where) const {
  if (!defined()) throw ValueError(where, "this tensor is empty: it was never assigned");
  if (wanted != meta_.dtype)
    throw DtypeError(where, fmt::format("the elements are {}, not {}", to_string(meta_.dtype), to_string(wanted)));
}

std::int64_t Tensor::offset(std::initializer_list<std::int64_t> index) const {
  if (!defined()) throw ValueError("this tensor is empty: it was never assigned");
  if (static_cast<int>(index.size()) != rank())
    throw ShapeError(fmt::format("{} indices for a tensor of shape {}", index.size(), to_string(meta_.shape)));
  std::int64_t offset = 0;
  int axis = 0;
  for (const std::int64_t i : index) {
    const std::int64_t n = meta_.shape[axis];
    if (i < -n || i >= n)
      throw ShapeError(fmt::format("index {} is outside axis {} of shape {}", i, axis, to_string(meta_.shape)));
    offset = offset * n + (i < 0 ? i + n : i);
    ++axis;
  }
  return offset;
}

double Tensor::element(std::initializer_list<std::int64_t> index) const {
  const std::int64_t i = offset(index);
  return visit_dtype(meta_.dtype, [&](auto zero) { return static_cast<double>(data<decltype(zero)>()[i]); });
}

void Tensor::set(std::initializer_list<std::int64_t> index, double value, Where where) {
  const std::int64_t i = offset(index);
  if (recorded())
    throw TapeError(where, "the elements of a recorded tensor can't be written: detach it first, x = x.detach()");
  require_fits(value, meta_.dtype, where);
  visit_dtype(meta_.dtype, [&](auto zero) {
    using T = decltype(zero);
    mutable_data<T>()[i] = static_cast<T>(value);
  });
}

double Tensor::only_element(Where where) const {
  if (!defined()) throw ValueError(where, "item: this tensor is empty: it was never assigned");
  if (size() != 1)
    throw ShapeError(where, fmt::format("item: one element is wanted, and the shape is {}", to_string(meta_.shape)));
  return visit_dtype(meta_.dtype, [&](auto zero) { return static_cast<double>(data<decltype(zero)>()[0]); });
}

}  // namespace cinta
