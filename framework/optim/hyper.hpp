// Hyper: a hyperparameter, which is a number, a named schedule or a function of the step. A light header, for
// everybody.
#pragma once

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/optim/step.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cinta {

/// Whose formula is followed where they differ; each link and optimizer says how.
enum class Dialect : std::uint8_t { torch, keras };

/// What a Hyper that is no number holds; schedules.hpp makes the named ones.
class Schedule {
 public:
  virtual ~Schedule() = default;
  /// Its value at this step.
  virtual double value(const Step& step) const = 0;
  /// "cosine(0.1, 1000, 0)", or "" for a function, which can't be written down.
  virtual std::string text() const = 0;
};

/// A hyperparameter: `0.1`, `cosine(0.1, 1000)` or `[](const Step& s) { return 0.1 / s.t; }`. A value; copies share a
/// schedule, which never changes.
class Hyper {
 public:
  Hyper() = default;
  /// A number.
  template <class N>
  requires std::is_arithmetic_v<N> Hyper(N number) : number_(static_cast<double>(number)) {}
  /// A named schedule.
  explicit Hyper(std::shared_ptr<const Schedule> schedule) : schedule_(std::move(schedule)) {}
  /// Any function of the step. It works, but neither prints nor can be checkpointed: prefer a named schedule.
  template <class F>
  requires(std::is_invocable_r_v<double, const F&, const Step&> && !std::is_same_v<F, Hyper>) Hyper(F f)
      : schedule_(std::make_shared<Opaque<F>>(std::move(f))) {}

  /// Its value at this step.
  double value(const Step& step) const { return schedule_ == nullptr ? number_ : schedule_->value(step); }
  /// Whether it is a number, the same in every step.
  bool is_number() const { return schedule_ == nullptr; }
  /// Whether it is a function that can't be written down.
  bool is_opaque() const { return schedule_ != nullptr && schedule_->text().empty(); }

  /// "0.001", "cosine(0.1, 1000, 0)", or "(a function of the step)". `from_text` reads the first two back, exactly.
  std::string text() const;
  /// Throws `ValueError` for anything but a number or a named schedule with arguments that it takes.
  static Hyper from_text(std::string_view text, Where where = Where::here());

 private:
  template <class F> struct Opaque final : Schedule {
    explicit Opaque(F function) : f(std::move(function)) {}
    double value(const Step& step) const override { return f(step); }
    std::string text() const override { return {}; }
    F f;
  };

  double number_ = 0;
  std::shared_ptr<const Schedule> schedule_;
};

}  // namespace cinta
