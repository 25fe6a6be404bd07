// Parameter and Buffer: the fields of a model that train, and those that only belong to it. Values, as everything is.
// A light header, for everybody.
#pragma once

#include <cinta/framework/core/tensor.hpp>
#include <cinta/framework/core/visit.hpp>

namespace cinta {

/// How a parameter's first values are drawn; `framework/nn/init.hpp` has the named schemes.
struct Initializer {
  /// `given`: the values that the parameter was made with stay.
  enum class Kind : std::uint8_t { constant, uniform, normal, truncated_normal, given };
  Kind kind = Kind::constant;  ///< constant: zeros
  double scale = 0;  ///< the value, the bound of [−b, b), or the standard deviation (of the normal that is cut at ±2σ)
};

/// A dense number for each live Parameter, recycled: tapes and gradients index by it. A generation tells a slot's
/// owners apart.
class Slot {
 public:
  Slot();
  Slot(const Slot&) : Slot() {}
  Slot(Slot&& other) noexcept : index_(std::exchange(other.index_, -1)), generation_(other.generation_) {}
  Slot& operator=(const Slot&) {
    renew();
    return *this;
  }
  Slot& operator=(Slot&& other) noexcept {
    std::swap(index_, other.index_);
    std::swap(generation_, other.generation_);
    return *this;
  }
  /// A new identity, when a move took the old one.
  void renew() {
    if (index_ < 0) *this = Slot();
  }
  ~Slot() {
    if (index_ >= 0) release();
  }

  std::int32_t index() const { return index_; }
  std::uint32_t generation() const { return generation_; }
  /// Whether the parameter that had this slot in this generation still lives.
  static bool alive(std::int32_t index, std::uint32_t generation);

 private:
  void release() noexcept;

  std::int32_t index_ = -1;
  std::uint32_t generation_ = 0;
};

/// A trainable tensor of a model. A copy is a parameter of its own with the same values, as one assigned from another
/// is; a move carries the identity and leaves the source uninitialised.
class Parameter {
 public:
  Parameter() = default;
  /// Without values until `init`, `load` or an assignment gives them.
  explicit Parameter(const Shape& shape, Initializer initializer = {}) : shape_(shape), initializer_(initializer) {}
  /// With these values, which `init` leaves; recorded values stay recorded (see `with_values`).
  explicit Parameter(Tensor value)
      : value_(std::move(value)), shape_(value_.shape()), initializer_{Initializer::Kind::given, 0} {}

  Parameter(const Parameter&) = default;
  Parameter(Parameter&&) noexcept = default;
  /// Becomes a copy of the other, of its shape too; an optimizer's state of the old shape then no longer fits.
  Parameter& operator=(const Parameter& other);
  Parameter& operator=(Parameter&&) noexcept = default;
  /// Writes the values; throws `ShapeError` when the shape is another.
  Parameter& operator=(const Tensor& value);

  /// Known also before there are values.
  const Shape& shape() const { return shape_; }
  /// The number of elements.
  std::int64_t size() const { return shape_.size(); }
  /// Whether it has values.
  bool initialized() const { return value_.defined(); }
  /// The values, off the tape. Throws `ValueError` when there are none yet.
  const Tensor& value(Where where = Where::here()) const;
  /// The values as ops see them: inside a recording scope this tape's leaf for the parameter.
  operator Tensor() const;

  /// A frozen parameter is a constant: it is no leaf, and optimizers leave it.
  void freeze(bool frozen = true) { frozen_ = frozen; }
  /// Whether it is a constant.
  bool frozen() const { return frozen_; }

  /// How its first values are drawn.
  const Initializer& initializer() const { return initializer_; }
  /// Sets how its first values are drawn.
  void set_initializer(const Initializer& initializer) { initializer_ = initializer; }

  // For the tape, optimizers and files.
  const Slot& slot() const { return slot_; }
  const Tensor& raw_value() const { return value_; }
  Tensor& mutable_value() {
    slot_.renew();  // a parameter that was moved from may be given values again
    return value_;
  }

 private:
  Tensor value_;
  Shape shape_;
  Initializer initializer_;
  Slot slot_;
  bool frozen_ = false;
};

/// A tensor that belongs to a model, is saved and copied with it, and is not trained: running statistics, constants.
class Buffer {
 public:
  Buffer() = default;
  /// With these values.
  explicit Buffer(Tensor value) : value_(std::move(value)) {}
  /// Writes the values.
  Buffer& operator=(const Tensor& value);

  /// Of the values.
  const Shape& shape() const { return value_.shape(); }
  /// The values.
  const Tensor& value() const { return value_; }
  /// The values.
  operator const Tensor&() const { return value_; }
  /// The values, to be written.
  Tensor& mutable_value() { return value_; }

 private:
  Tensor value_;
};

// What visitors are called with; a field that is a plain Tensor is a constant of the model's own, neither trained nor
// saved.
template <> inline constexpr bool is_leaf_v<Parameter> = true;
template <> inline constexpr bool is_leaf_v<Buffer> = true;
template <> inline constexpr bool is_opaque_v<Tensor> = true;
template <> inline constexpr bool is_opaque_v<Shape> = true;

}  // namespace cinta
