#include <cinta/framework/optim/optimizer_parts.hpp>

#include <cinta/framework/core/inspection.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cinta {
namespace {

constexpr std::int64_t unit = 4096;              // elements of one partial sum of a measure; blocks begin at multiples
constexpr std::int64_t block_elements = 32768;   // some 10 µs of AdamW in cache
constexpr std::int64_t serial_elements = 65536;  // up to here a second thread gains nothing

Tensor zeros_like(const Tensor& x) { return filled(x.shape(), 0, x.dtype()); }

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
  bind(parameters, names, where);
  check(parameters, gradients, options, where);
  ++t_;
  try {
    plan(parameters, gradients, options);
  } catch (...) {  // no memory: nothing has been updated, and the step did not happen
    for (Entry& e : entries_)
      if (e.counted) --e.updates;
    --t_;
    throw;
  }
  const optim::Rule& rule = *groups_[0].rule;
  for (int segment = 0; segment < rule.segments; ++segment) {
    if (segment > 0) measure(segment);
    if (segment > 0 || !rule.begins_with_barrier) update(segment);
  }
}

// ---- checks: nothing is written before all have passed

void Optimizer::check(std::span<Parameter* const> parameters, const Gradients& gradients, const StepOptions& options,
                      Where where) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = *parameters[i];
    Entry& e = entries_[i];
    e.gradient = nullptr;
    if (p.frozen() || groups_[e.group].freeze) continue;
    check_one(p, e, where);
    e.gradient = gradients.find(p.slot());
    if (e.gradient == nullptr) {
      if (options.allow_unused) continue;
      throw TapeError(
          where,
          fmt::format("step: the parameter \"{}\" has no gradient: nothing that the loss was computed from used it; "
                      "freeze it, or pass {{.allow_unused = true}}",
                      e.name));
    }
    const Tensor &g = *e.gradient, &value = p.raw_value();
    if (!(g.shape() == value.shape()))
      throw ShapeError(where, fmt::format("step: the gradient of \"{}\" has shape {}, the parameter {}", e.name,
                                          to_string(g.shape()), to_string(value.shape())));
    if (g.dtype() != value.dtype())
      throw DtypeError(where, fmt::format("step: the gradient of \"{}\" is {}, the parameter {}", e.name,
                                          to_string(g.dtype()), to_string(value.dtype())));
  }
}

void Optimizer::check_one(const Parameter& p, const Entry& e, Where where) const {
  if (!p.initialized())
    throw ValueError(
        where,
        fmt::format("step: the parameter \"{}\" was never initialised: call init(net, {{.seed = 1}}), or load it",
                    e.name));
  const Tensor& value = p.raw_value();
  if (!is_floating(value.dtype()))
    throw DtypeError(
        where, fmt::format("step: the parameter \"{}\" is {}, and only f32 and f64 can be trained; freeze it", e.name,
                           to_string(value.dtype())));
  if (value.recorded())
    throw TapeError(
        where,
        fmt::format("step: the parameter \"{}\" holds recorded values, which an optimizer can't overwrite", e.name));
  if (!e.slots.empty() && e.slots[0].dtype() != value.dtype())
    throw DtypeError(where, fmt::format("step: the parameter \"{}\" is {}, but its state is {}", e.name,
                                        to_string(value.dtype()), to_string(e.slots[0].dtype())));
}

// ---- the plan: what to update, with which scalars, and how it is cut for threads

std::size_t Optimizer::variant_of(const Entry& e, const StepOptions& options) {
  const Variant wanted{e.group, static_cast<long>(e.updates)};
  for (std::size_t v = variants_.size(); v-- > 0;)
    if (variants_[v] == wanted) return v;
  variants_.push_back(wanted);
  groups_[e.group].rule->prepare(variants_.size() - 1,
                                 {static_cast<long>(t_), options.epoch, options.loss, options.metric, wanted.updates});
  return variants_.size() - 1;
}

void Optimizer::plan(std::span<Parameter* const> parameters, const Gradients& gradients, const StepOptions& options) {
  jobs_.clear();
  slot_pointers_.clear();
  variants_.clear();
  const optim::Rule& rule = *groups_[0].rule;
  const auto slots = static_cast<std::size_t>(rule.slots);
  for (Entry& e : entries_) e.counted = false;
  const bool needs_between = rule.segments > (rule.begins_with_barrier ? 2 : 1);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Entry& e = entries_[i];
    if (e.gradient == nullptr || e.gradient->size() == 0) continue;
    Tensor& value = parameters[i]->mutable_value();
    if (e.slots.size() != slots) e.slots.assign(slots, zeros_like(value));
    if (needs_between && !e.between.defined()) e.between = empty(value.shape(), value.dtype());
    ++e.updates;
    e.counted = true;
    Job job;
    job.type = value.dtype() == f32 ? 0 : 1;
    job.group = e.group;
    job.variant = variant_of(e, options);
    job.p = value.mutable_raw();
    job.g = e.gradient->raw();
    job.u = needs_between ? e.between.mutable_raw() : nullptr;
    job.first_slot = slot_pointers_.size();
    job.size = value.size();
    job.scale = gradients.scale();
    for (Tensor& slot : e.slots) slot_pointers_.push_back(slot.mutable_raw());
    jobs_.push_back(job);
  }
  plan_blocks();
}

// Blocks of about equal size: many small parameters make one, a large one makes many. Their bounds depend on sizes
// alone, but not even that matters to a bit of the result: a link is elementwise, and a measure has its own fixed
// chunks.
void Optimizer::plan_blocks() {
  blocks_.clear();
  std::int64_t in_block = block_elements, total = 0;
  std::size_t partials = 0;
  for (std::size_t j = 0; j < jobs_.size(); ++j) {
    const std::int64_t n = jobs_[j].size;
    jobs_[j].first_partial = partials;
    partials += static_cast<std::size_t>((n + unit - 1) / unit);
    total += n;
    for (std::int64_t at = 0; at < n;) {
      if (in_block >= block_elements) {
        blocks_.push_back({j, at});
        in_block = 0;
      }
      const std::int64_t room = (block_elements - in_block + unit - 1) / unit * unit, part = std::min(n - at, room);
      at += part;
      in_block += part;
    }
  }
  while (total <= serial_elements && blocks_.size() > 1) blocks_.pop_back();
  blocks_.push_back({jobs_.size(), 0});
  partials_.resize(partials);
}

// ---- the passes

optim::Slice Optimizer::slice_of(const Job& job) const {
  optim::Slice slice;
  slice.p = job.p;
  slice.g = job.g;
  slice.u = job.u;
  slice.slots = slot_pointers_.data() + job.first_slot;
  slice.scale = job.scale;
  groups_[job.group].rule->aim(slice, job.variant);
  return slice;
}

void Optimizer::update(int segment) {
  parallel_for(static_cast<std::int64_t>(blocks_.size()) - 1,
               [&](std::int64_t block) { run_block(segment, static_cast<std::size_t>(block)); });
}

void Optimizer::run_block(int segment, std::size_t block) {
  const BlockStart begin = blocks_[block], end = blocks_[block + 1];
  for (std::size_t j = begin.job; j < jobs_.size() && (j < end.job || (j == end.job && end.element > 0)); ++j) {
    const Job& job = jobs_[j];
    optim::Slice slice = slice_of(job);
    slice.begin = j == begin.job ? begin.element : 0;
    slice.end = j == end.job ? end.element : job.size;
    groups_[job.group].rule->passes->update[job.type][segment](slice);
  }
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
  parallel_for(static_cast<std::int64_t>(blocks_.size()) - 1,
               [&](std::int64_t block) { measure_block(segment, static_cast<std::size_t>(block)); });
  double total = 0;
  for (const Job& job : jobs_)
    total += tree(partials_.data() + job.first_partial, static_cast<std::size_t>((job.size + unit - 1) / unit));
  for (std::size_t v = 0; v < variants_.size(); ++v) groups_[variants_[v].group].rule->conclude(segment, v, total);
}

void Optimizer::measure_block(int segment, std::size_t block) {
  const BlockStart begin = blocks_[block], end = blocks_[block + 1];
  for (std::size_t j = begin.job; j < jobs_.size() && (j < end.job || (j == end.job && end.element > 0)); ++j) {
    const Job& job = jobs_[j];
    optim::Slice slice = slice_of(job);
    const std::int64_t last = j == end.job ? end.element : job.size;
    for (std::int64_t at = j == begin.job ? begin.element : 0; at < last; at += unit) {
      slice.begin = at;
      slice.end = std::min(at + unit, last);
      partials_[job.first_partial + static_cast<std::size_t>(at / unit)] =
          groups_[job.group].rule->passes->measure[job.type][segment](slice);
    }
  }
}

}  // namespace cinta
