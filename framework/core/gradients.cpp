#include <cinta/framework/core/gradients.hpp>

#include <cinta/framework/core/idle.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/sweep.hpp>

#include <fmt/format.h>

namespace cinta {
namespace {

using Entries = std::vector<Gradients::Entry>;

Tensor scaled(const Tensor& g, double scale) {
  if (scale == 1) return g;
  Tensor y = empty(g.shape(), g.dtype());
  visit_dtype(g.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T factor = static_cast<T>(scale);
    const T* from = g.data<T>();
    T* to = y.mutable_data<T>();  // asked once: it looks for other owners
    parallel_chunks(g.size(), 1 << 16, [=](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) to[i] = from[i] * factor;
    });
  });
  return y;
}

}  // namespace

void Gradients::Recycle::operator()(Entries* entries) const noexcept {
  std::unique_ptr<Entries> idle(entries);
  idle->clear();
  Idle<Entries>::keep(std::move(idle));
}

Gradients::Gradients() : entries_(Idle<Entries>::take().release()) {}

Gradients::Gradients(const Gradients& other) : Gradients() {
  *entries_ = *other.entries_;
  scale_ = other.scale_;
}

Gradients& Gradients::operator=(const Gradients& other) {
  if (this != &other) *this = Gradients(other);
  return *this;
}

Gradients::~Gradients() = default;

const Tensor* Gradients::search(const Slot& slot) const {
  for (std::size_t i = 0; i < size(); ++i)
    if (entries()[i].is_of(slot)) {
      next_ = i + 1;
      return &entries()[i].gradient;
    }
  return nullptr;
}

const Gradients::Entry* Gradients::find_variable(const Tensor& variable) const {
  for (const Entry& e : entries())
    if (e.slot < 0 && e.node == variable.node() && e.recording == variable.recording()) return &e;
  return nullptr;
}

Tensor Gradients::operator[](const Arg& x) const {
  if (x.parameter() != nullptr) {
    const Tensor* g = find(x.parameter()->slot());
    if (g == nullptr)
      throw TapeError(x.where(), "this parameter has no gradient: nothing that the loss was computed from used it");
    return scaled(*g, scale_);
  }
  const Entry* e = find_variable(values_of(x, "gradients"));
  if (e == nullptr)
    throw TapeError(x.where(), "this tensor is no variable of the loss: mark it, x = variable(x), inside the scope");
  return scaled(e->gradient, scale_);
}

Gradients& Gradients::operator+=(const Gradients& other) {
  if (scale_ != other.scale_) {
    for (Entry& e : entries()) e.gradient = scaled(e.gradient, scale_);
    scale_ = 1;
  }
  const double factor = scale_ == other.scale_ ? 1 : other.scale_;
  for (const Entry& theirs : other.entries()) {
    Tensor g = scaled(theirs.gradient, factor);
    Entry* mine = nullptr;
    for (Entry& e : entries())
      if (e.slot == theirs.slot && e.generation == theirs.generation && e.node == theirs.node &&
          e.recording == theirs.recording)
        mine = &e;
    if (mine != nullptr && mine->gradient.dtype() != g.dtype())
      throw DtypeError(fmt::format("gradients of {} and {} of one parameter can't be added", to_string(g.dtype()),
                                   to_string(mine->gradient.dtype())));
    if (mine != nullptr) accumulate(mine->gradient, std::move(g), {});
    else add(theirs.slot, theirs.generation, theirs.node, theirs.recording, std::move(g));
  }
  return *this;
}

}  // namespace cinta
