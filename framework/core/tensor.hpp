// Tensor: a value with a shape, an element type and, when it was recorded, a place on a tape.
// A light header, for everybody: it pulls in neither xtensor, xsimd nor TBB.
#pragma once

#include <cinta/framework/core/dtype.hpp>
#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/shape.hpp>
#include <cinta/framework/core/storage.hpp>

#include <concepts>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>
#include <utility>

namespace cinta {

class Arg;

/// Nested braces of numbers: `{{0, 1}, {2, 3}}`.
class Literal {
 public:
  /// A number.
  template <class N>
  requires std::is_arithmetic_v<N>
  constexpr Literal(N number) : number_(static_cast<double>(number)) {}
  /// Braces.
  constexpr Literal(std::initializer_list<Literal> items) : items_(items), is_list_(true) {}

  /// Whether it stands for braces.
  constexpr bool is_list() const { return is_list_; }
  /// The number.
  constexpr double number() const { return number_; }
  /// What stands between the braces.
  constexpr std::initializer_list<Literal> items() const { return items_; }

 private:
  std::initializer_list<Literal> items_;
  double number_ = 0;
  bool is_list_ = false;
};

/// A row-major contiguous array of f32, f64, i32 or u8, as a value: a copy shares its buffer until one of the two is
/// written. Made inside a recording scope from recorded values, it also remembers the op that made it.
class Tensor {
 public:
  /// No tensor at all: `defined()` is false, and nothing but assignment is allowed.
  constexpr Tensor() noexcept : storage_(nullptr) {}  // not defaulted, or `{}` would first clear the shape: 30 cycles
  /// From nested braces, f32 whatever the literals: `Tensor{{0, 1}, {2, 3}}` has shape [2, 2].
  /// Throws `ShapeError` when the braces are ragged or nested deeper than 8.
  Tensor(std::initializer_list<Literal> items);
  /// From any xtensor expression, evaluated at once, with its element type (bool and integers become u8 and i32).
  /// Include <cinta/framework/core/xtensor.hpp>.
  template <class E>
  requires requires { typename E::expression_tag; }
  explicit Tensor(const E& expression);

  /// Shares the buffer, until one of the two is written.
  Tensor(const Tensor& other) : storage_(other.storage_), meta_(other.meta_) {
    if (storage_ == nullptr) return;
    if (storage_->exposed) [[unlikely]]
      duplicate();
    else add_reference(storage_);
  }
  /// Leaves the source undefined.
  Tensor(Tensor&& other) noexcept : storage_(std::exchange(other.storage_, nullptr)), meta_(other.meta_) {
    other.meta_.node = -1;
  }
  /// Shares the buffer, until one of the two is written.
  Tensor& operator=(const Tensor& other) {
    if (this != &other) *this = Tensor(other);
    return *this;
  }
  /// Leaves the source undefined.
  Tensor& operator=(Tensor&& other) noexcept {
    if (this == &other) return *this;
    if (storage_ != nullptr) drop_reference(storage_);
    storage_ = std::exchange(other.storage_, nullptr);
    meta_ = other.meta_;
    other.meta_.node = -1;
    return *this;
  }
  ~Tensor() {
    if (storage_ != nullptr) drop_reference(storage_);
  }

  /// Whether there is a tensor at all.
  bool defined() const { return storage_ != nullptr; }
  /// The sizes of the axes.
  const Shape& shape() const { return meta_.shape; }
  /// The number of axes.
  int rank() const { return meta_.shape.rank(); }
  /// The number of elements.
  std::int64_t size() const { return meta_.shape.size(); }
  /// The size of one axis, counted from the end when negative; throws `ShapeError` when there is no such axis.
  std::int64_t size(int axis, Where where = Where::here()) const {
    return meta_.shape[normalize_axis(axis, rank(), "size", where)];
  }
  /// The element type.
  Dtype dtype() const { return meta_.dtype; }

  /// The only element, as T; throws `ShapeError` when there is not exactly one.
  template <Element T = float> T item(Where where = Where::here()) const { return static_cast<T>(only_element(where)); }
  /// One element, as a double; negative indices count from the end. Throws `ShapeError` for a wrong number of indices
  /// or one out of range.
  template <std::integral... I> double operator()(I... index) const {
    return element(std::initializer_list<std::int64_t>{static_cast<std::int64_t>(index)...});
  }
  /// The same, from a list.
  double element(std::initializer_list<std::int64_t> index) const;
  /// Writes one element. Throws `TapeError` for a recorded tensor: detach it first; `ValueError` where an integer type
  /// does not hold the value.
  void set(std::initializer_list<std::int64_t> index, double value, Where where = Where::here());

  /// The elements in row-major order; throws `DtypeError` when T is not the tensor's type.
  template <Element T> std::span<const T> span(Where where = Where::here()) const& {
    check_dtype(dtype_of<T>, where);
    return {data<T>(), static_cast<std::size_t>(size())};
  }
  template <Element T> std::span<const T> span(Where where = Where::here()) && = delete;
  /// The same, to be written: the buffer is duplicated first when it is shared, and by every later copy.
  /// Throws `TapeError` for a recorded tensor.
  template <Element T> std::span<T> mutable_span(Where where = Where::here()) & {
    check_dtype(dtype_of<T>, where);
    expose(where);
    return {static_cast<T*>(storage_->data()), static_cast<std::size_t>(size())};
  }

  /// The tensor as an xtensor array on the same memory (include <cinta/framework/core/xtensor.hpp>).
  template <Element T> auto array(Where where = Where::here()) const&;
  template <Element T> auto array(Where where = Where::here()) && = delete;
  /// The same, to be written, as `mutable_span`.
  template <Element T> auto mutable_array(Where where = Where::here()) &;

  /// The values as another element type; between floats the gradient passes. Floats to i32 truncate towards zero (NaN
  /// gives 0, values beyond i32 its ends), to u8 become 0 or 1 (x ≠ 0).
  Tensor to(Dtype dtype, Where where = Where::here()) const;
  /// The same values off the tape: gradients stop here.
  Tensor detach() const {
    Tensor t(*this);
    t.meta_.node = -1;
    t.meta_.recording = 0;
    return t;
  }
  /// Whether an op or `variable` recorded it (its tape may since have been cleared).
  bool recorded() const { return meta_.node >= 0; }

  // For ops and the tape.
  template <class T> const T* data() const { return static_cast<const T*>(storage_->data()); }
  const void* raw() const { return storage_->data(); }
  Storage* storage() const { return storage_; }
  std::int32_t node() const { return meta_.node; }
  std::uint64_t recording() const { return meta_.recording; }
  void set_node(std::int32_t node, std::uint64_t recording) {
    meta_.node = node;
    meta_.recording = recording;
  }
  /// The elements to be written by the library: the buffer is duplicated when it is shared, not marked as handed out.
  void* mutable_raw() {
    if (!is_unique(storage_)) duplicate_shared();
    return storage_->data();
  }
  template <class T> T* mutable_data() { return static_cast<T*>(mutable_raw()); }
  /// The elements to be written, where it is known that no other tensor shares them.
  template <class T> T* own_data() { return static_cast<T*>(storage_->data()); }
  /// An undefined tensor becomes one whose elements are undefined.
  void allocate(const Shape& shape, Dtype dtype) {
    meta_.shape = shape;
    acquire(dtype);
  }
  /// The same, of a shape whose last axis differs, set in place: read back at once it would wait for its own store.
  void allocate(const Shape& shape, std::int64_t last, Dtype dtype) {
    meta_.shape = shape;
    meta_.shape[shape.rank() - 1] = last;
    acquire(dtype);
  }
  /// The same elements under another shape of equal size.
  void set_shape(const Shape& shape) { meta_.shape = shape; }
  /// Forgets the elements: the tensor is undefined from now on.
  void reset() {
    if (storage_ != nullptr) drop_reference(std::exchange(storage_, nullptr));
    meta_.node = -1;
  }
  std::size_t bytes() const { return static_cast<std::size_t>(size()) * size_of(meta_.dtype); }

 private:
  void acquire(Dtype dtype) {
    const auto size = static_cast<std::size_t>(meta_.shape.size());
    storage_ = acquire_storage(size <= max_storage_bytes ? size * size_of(dtype) : size);
    meta_.dtype = dtype;
  }
  void duplicate();
  void duplicate_shared();
  void expose(Where where);
  void check_dtype(Dtype wanted, Where where) const;
  double only_element(Where where) const;
  std::int64_t offset(std::initializer_list<std::int64_t> index) const;

  // All but the buffer, copied as one block.
  struct Meta {
    Shape shape;
    Dtype dtype = f32;
    std::int32_t node = -1;
    std::uint64_t recording = 0;
  };

  Storage* storage_ = nullptr;
  Meta meta_;
};

/// A tensor whose elements are undefined.
inline Tensor empty(const Shape& shape, Dtype dtype = f32) {
  Tensor t;
  t.allocate(shape, dtype);
  return t;
}
/// The same elements under another shape of equal size, off the tape; the buffer is shared.
Tensor with_shape(const Tensor& x, const Shape& shape);
/// A scalar (rank 0).
Tensor scalar(double value, Dtype dtype = f32);
/// Every element `value`.
Tensor filled(const Shape& shape, double value, Dtype dtype = f32);
/// From nested braces, or one number, with a type: `tensor({{0.5, 1}}, f64)`. Throws `ShapeError` for ragged braces,
/// `ValueError` where an integer type does not hold a number.
Tensor tensor(const Literal& literal, Dtype dtype = f32);
/// From elements in row-major order; throws `ShapeError` when their number does not fit.
template <Element T> Tensor tensor(std::span<const T> elements, const Shape& shape);
/// The values as another element type, off the tape: floats to i32 truncate towards zero, to u8 become 0 or 1 (x ≠ 0).
Tensor convert(const Tensor& x, Dtype dtype);
/// Whether type, shape and every byte agree (so NaN equals the same NaN, and 0 differs from −0).
bool equal_bytes(const Tensor& a, const Tensor& b);

/// As NumPy prints: brackets, aligned columns, the shortest digits that tell elements apart up to 8 places,
/// an ellipsis in the middle of axes longer than 6 when there are over 1,000 elements.
std::string to_string(const Tensor& x);
/// As `to_string`.
std::ostream& operator<<(std::ostream& out, const Tensor& x);

}  // namespace cinta
