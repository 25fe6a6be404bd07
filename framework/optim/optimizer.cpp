#include <cinta/framework/optim/optimizer_parts.hpp>

#include <cinta/framework/core/inspection.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cinta {
namespace {

constexpr std::int64_t unit = 4096;              // elements of one partial sum of a measure; blocks begin at multiples
constexpr std::int64_t block_elements = 32768;   // at most: some 10 µs of AdamW in cache
constexpr std::int64_t serial_elements = 65536;  // up to here a second thread gains nothing

[[noreturn, gnu::noinline]] void refuse_value(const std::string& name, const Tensor& value, Where where) {
  if (!value.defined())
    throw ValueError(
        where,
        fmt::format("step: the parameter \"{}\" was never initialised: call init(net, {{.seed = 1}}), or load it",
                    name));
  if (!is_floating(value.dtype()))
    throw DtypeError(
        where, fmt::format("step: the parameter \"{}\" is {}, and only f32 and f64 can be trained; freeze it", name,
                           to_string(value.dtype())));
  throw TapeError(
      where, fmt::format("step: the parameter \"{}\" holds recorded values, which an optimizer can't overwrite", name));
}

[[noreturn, gnu::noinline]] void refuse_gradient(const std::string& name, const Tensor& value, const Tensor* g,
                                                 Where where) {
  if (g == nullptr)
    throw TapeError(
        where,
        fmt::format("step: the parameter \"{}\" has no gradient: nothing that the loss was computed from used it; "
                    "freeze it, or pass {{.allow_unused = true}}",
                    name));
  if (!(g->shape() == value.shape()))
    throw ShapeError(where, fmt::format("step: the gradient of \"{}\" has shape {}, the parameter {}", name,
                                        to_string(g->shape()), to_string(value.shape())));
  throw DtypeError(where, fmt::format("step: the gradient of \"{}\" is {}, the parameter {}", name,
                                      to_string(g->dtype()), to_string(value.dtype())));
}

}  // namespace

Optimizer::Optimizer(std::unique_ptr<optim::Rule> rule) { groups_.emplace_back("", std::move(rule)); }
Optimizer::Optimizer(const Optimizer& other) : groups_(other.groups_), entries_(other.entries_), t_(other.t_) {
  for (Entry& e : entries_) {
    e.between = Tensor();
    e.slot = -1;  // the copy may go on with a copy of the model
  }
}
Optimizer::Optimizer(Optimizer&&) noexcept = default;
Optimizer& Optimizer::operator=(const Optimizer& other) {
  if (this != &other) *this = Optimizer(other);
  return *this;
}
Optimizer& Optimizer::operator=(Optimizer&&) noexcept = default;
Optimizer::~Optimizer() = default;

void Optimizer::step(std::span<Parameter* const> parameters, FunctionRef<void(std::vector<std::string>&)> names,
                     const Gradients& gradients, const StepOptions& options, Where where) {
  const TraceSpan span("step", where);
  while (!check(parameters, gradients, options, where)) bind(parameters, names, where);
  if (!planned_) [[unlikely]]
    plan(parameters, where);
  for (std::size_t v = 0; v < variants_.size(); ++v)
    groups_[variants_[v].group].rule->prepare(v, {static_cast<long>(t_ + 1), options.epoch, options.loss,
                                                  options.metric, static_cast<long>(variants_[v].updates + 1)});
  count();
  const optim::Rule& rule = *groups_[0].rule;
  for (int segment = 0; segment < rule.segments; ++segment) {
    if (segment > 0) measure(segment);
    if (segment > 0 || !rule.begins_with_barrier) update(segment);
  }
}

// ---- checks: nothing is written before all have passed

// Checks the parameters and takes down where they lie; false when they are not those of the step before.
bool Optimizer::check(std::span<Parameter* const> parameters, const Gradients& gradients, const StepOptions& options,
                      Where where) {
  if (parameters.size() != entries_.size() || parameters.empty()) return false;
  Entry* e = entries_.data();
  for (Parameter* p : parameters) {
    if (e->slot != p->slot().index() || e->generation != p->slot().generation()) [[unlikely]]
      return false;
    const Tensor* g = gradient_of(*p, *e, gradients, options, where);
    const std::int64_t size = g == nullptr ? 0 : g->size();
    if (size != e->size || (size > 0 && g->dtype() != e->dtype)) [[unlikely]] {
      e->size = size;
      if (size > 0) e->dtype = g->dtype();
      planned_ = false;
    }
    if (size > 0) {
      e->slice.p = p->mutable_value().mutable_raw();
      e->slice.g = g->raw();
      e->slice.scale = gradients.scale();
      e->point_to_slots();
    }
    ++e;
  }
  return true;
}

inline const Tensor* Optimizer::gradient_of(const Parameter& p, const Entry& e, const Gradients& gradients,
                                            const StepOptions& options, Where where) {
  if (p.frozen() || e.freeze) return nullptr;
  const Tensor& value = p.raw_value();
  if (!value.defined() || !is_floating(value.dtype()) || value.recorded()) [[unlikely]]
    refuse_value(e.name, value, where);
  const Tensor* g = gradients.find(p.slot());
  if (g == nullptr ? !options.allow_unused : !(g->shape() == value.shape()) || g->dtype() != value.dtype()) [[unlikely]]
    refuse_gradient(e.name, value, g, where);
  return g;
}

// ---- the plan: it stands while the same parameters are updated, with the same sizes and types

// Pieces in blocks of about equal size: many small parameters make one, a large one makes many. Their bounds depend on
// sizes alone, but not even that matters to a bit of the result: a link is elementwise, and a measure has its own fixed
// chunks.
void Optimizer::plan(std::span<Parameter* const> parameters, Where where) {
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].size > 0) check_state(entries_[i], parameters[i]->raw_value(), where);
  variants_.clear();
  pieces_.clear();
  blocks_.clear();
  std::int64_t total = 0;
  for (const Entry& e : entries_) total += e.size;
  // All but the last of equal size: each thread updates the part of a weight whose gradient it computed, about.
  const std::int64_t block =
      std::max(total / std::max<std::int64_t>(1, (total + block_elements - 1) / block_elements), unit) / unit * unit;
  std::int64_t in_block = block;
  std::size_t partials = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& e = entries_[i];
    if (e.size == 0) continue;
    make_state(e, parameters[i]->raw_value());
    e.variant = variant_of(e);
    e.first_partial = partials;
    partials += static_cast<std::size_t>((e.size + unit - 1) / unit);
    for (std::int64_t at = 0; at < e.size;) {
      if (in_block >= block) {
        blocks_.push_back(pieces_.size());
        in_block = 0;
      }
      const std::int64_t room = (block - in_block + unit - 1) / unit * unit, end = std::min(e.size, at + room);
      pieces_.push_back({&e, at, end});
      in_block += end - at;
      at = end;
    }
  }
  if (total <= serial_elements) blocks_.assign(1, 0);
  blocks_.push_back(pieces_.size());
  partials_.resize(partials);
  for (Entry& e : entries_)
    if (e.size > 0) e.slice.chain = groups_[variants_[e.variant].group].rule->chain(e.variant, variants_.size());
  planned_ = true;
}

std::size_t Optimizer::variant_of(const Entry& e) {
  for (std::size_t v = variants_.size(); v-- > 0;)
    if (variants_[v].group == e.group && variants_[v].updates == e.updates) return v;
  variants_.push_back({e.group, e.updates});
  return variants_.size() - 1;
}

void Optimizer::check_state(const Entry& e, const Tensor& value, Where where) {
  if (e.slots.empty()) return;
  const Tensor& slot = e.slots[0];
  if (!(slot.shape() == value.shape())) throw_other_shape(e.name, slot.shape(), value.shape(), where);
  if (slot.dtype() != value.dtype())
    throw DtypeError(where, fmt::format("step: the parameter \"{}\" is {}, but its state is {}", e.name,
                                        to_string(value.dtype()), to_string(slot.dtype())));
}

void Optimizer::make_state(Entry& e, const Tensor& value) const {
  const optim::Rule& rule = *groups_[0].rule;
  const auto slots = static_cast<std::size_t>(rule.slots);
  if (e.slots.size() != slots) e.slots.assign(slots, filled(value.shape(), 0, value.dtype()));
  e.slot_pointers.resize(slots);
  e.point_to_slots();
  e.slice.slots = e.slot_pointers.data();
  if (rule.segments > (rule.begins_with_barrier ? 2 : 1)) {
    e.between = empty(value.shape(), value.dtype());
    e.slice.u = e.between.mutable_raw();
  }
}

// ---- the passes

// Nothing throws from here on: the step happens.
void Optimizer::count() {
  ++t_;
  for (Variant& v : variants_) ++v.updates;
  for (Entry& e : entries_)
    if (e.size > 0) ++e.updates;
}

template <class F> void Optimizer::each_piece(F f) {
  parallel_chunks(std::ssize(blocks_) - 1, 1, [&](std::int64_t block, std::int64_t) {
    const std::size_t* first = blocks_.data() + block;
    const Piece* const end = pieces_.data() + first[1];
    for (const Piece* piece = pieces_.data() + first[0]; piece != end; ++piece)
      f(*piece->entry, piece->begin, piece->end);
  });
}

void Optimizer::update(int segment) {
  each_piece([segment, &passes = *groups_[0].rule->passes](const Entry& e, std::int64_t begin, std::int64_t end) {
    passes.update[e.type()][segment](e.slice, begin, end);
  });
}

namespace {

// tree(lo, hi) = tree(lo, mid) + tree(mid, hi), as in reduction.hpp.
double tree(const double* x, std::size_t n) {
  if (n == 1) return x[0];
  const std::size_t left = (n + 1) / 2;
  const double sum = tree(x, left);
  return sum + tree(x + left, n - left);
}

}  // namespace

void Optimizer::measure(int segment) {
  each_piece([&, &passes = *groups_[0].rule->passes](const Entry& e, std::int64_t begin, std::int64_t end) {
    for (std::int64_t at = begin; at < end; at += unit)
      partials_[e.first_partial + static_cast<std::size_t>(at / unit)] =
          passes.measure[e.type()][segment](e.slice, at, std::min(at + unit, end));
  });
  double total = 0;
  for (const Entry& e : entries_)
    if (e.size > 0)
      total += tree(partials_.data() + e.first_partial, static_cast<std::size_t>((e.size + unit - 1) / unit));
  for (std::size_t v = 0; v < variants_.size(); ++v) groups_[variants_[v].group].rule->conclude(segment, v, total);
}

}  // namespace cinta
