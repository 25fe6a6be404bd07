#include <cinta/framework/optim/driver.hpp>

#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/tape.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace cinta {
namespace {

struct StepScope : Scope {
  StepScope(bool training, std::uint64_t seed, std::int64_t pass, std::int64_t first_row, Where where)
      : Scope(true, training, seed, pass, first_row, where) {}
  ~StepScope() = default;
};

double as_double(const Tensor& scalar_tensor) {
  return scalar_tensor.dtype() == f64 ? scalar_tensor.item<double>() : scalar_tensor.item<float>();
}

[[noreturn]] void refuse_unused(const std::string& name, Where where) {
  throw TapeError(where, fmt::format("step: the parameter \"{}\" has no gradient: nothing that the loss was computed "
                                     "from used it; freeze it",
                                     name));
}

// Tensors, one after the other, as one vector.
template <class TensorOf> Tensor joined(std::int64_t elements, Dtype dtype, std::size_t count, TensorOf tensor_of) {
  Tensor flat = empty(Shape{elements}, dtype);
  auto* to = static_cast<char*>(flat.mutable_raw());
  for (std::size_t i = 0; i < count; ++i) {
    const Tensor& t = tensor_of(i);
    if (t.bytes() != 0) std::memcpy(to, t.raw(), t.bytes());
    to += t.bytes();
  }
  return flat;
}

}  // namespace

Problem::Problem(std::vector<NamedParameter> all, Where where) : all_(std::move(all)), where_(where) {
  for (const NamedParameter& p : all_) {
    pointers_.push_back(p.parameter);
    if (p.parameter->frozen()) continue;
    trainable_.push_back(p);
    readable_.push_back({p.name, p.parameter});
  }
  if (trainable_.empty()) throw ValueError(where, "step: the model has no trainable parameters");
  begin_step();
}

Problem::~Problem() = default;

void Problem::begin_step() {
  evaluated_.reset();
  evaluations_ = 0;
  Scope* scope = Scope::current();
  if (scope == nullptr || !scope->records()) {
    training_ = false;
    return;
  }
  training_ = scope->training();
  seed_ = scope->seed();
  pass_ = scope->pass();
  first_row_ = scope->first_row();
  scope->begin_next_pass();
}

Problem::Evaluated& Problem::evaluated() {
  if (evaluated_) return *evaluated_;
  const StepScope scope(training_, seed_, pass_, first_row_, where_);
  ++evaluations_;
  evaluated_ = evaluate();
  return *evaluated_;
}

Problem::Point Problem::value_and_grad() {
  const Evaluated& e = evaluated();
  const Tensor now = parameters();
  if (!e.differentiated) return {e.value, filled(now.shape(), std::numeric_limits<double>::quiet_NaN(), now.dtype())};
  Tensor g;
  return {e.value, joined(now.size(), now.dtype(), trainable_.size(), [&](std::size_t i) -> const Tensor& {
            const Parameter& p = *trainable_[i].parameter;
            if (!e.gradients.contains(p)) refuse_unused(trainable_[i].name, where_);
            return g = e.gradients[Arg(p, where_)];
          })};
}

const Gradients& Problem::gradients() {
  const Evaluated& e = evaluated();
  if (!e.differentiated)
    throw Error(where_, fmt::format("step: the loss is {}: lower the learning rate, clip the gradients, or look for "
                                    "values in the data that are not finite",
                                    e.value));
  return e.gradients;
}

Tensor Problem::hvp(const Tensor& v) {
  const Tensor now = parameters();
  if (!v.defined() || !(v.shape() == now.shape()))
    throw ShapeError(where_, fmt::format("hvp: the direction's shape {} is not that of the parameters, {}",
                                         v.defined() ? to_string(v.shape()) : "(none)", to_string(now.shape())));
  if (v.dtype() != now.dtype())
    throw DtypeError(where_, fmt::format("hvp: the direction is {}, the parameters {}", to_string(v.dtype()),
                                         to_string(now.dtype())));
  const StepScope scope(training_, seed_, pass_, first_row_, where_);
  ++evaluations_;
  return multiply(v.detach());
}

Tensor Problem::parameters() const { return detail::flatten(readable_, where_); }

void Problem::set_parameters(const Tensor& flat) {
  detail::unflatten(trainable_, flat, where_);
  evaluated_.reset();
}

void Problem::apply(Optimizer& optimizer, const Gradients& gradients) {
  const auto names = [&](std::vector<std::string>& to) {
    for (const NamedParameter& p : all_) to.push_back(p.name);
  };
  optimizer.step(pointers_, names, gradients, step_options_, where_);
  evaluated_.reset();
}

Problem::Evaluated Problem::differentiated(const Tensor& loss) const {
  if (loss.size() != 1)
    throw ShapeError(where_, fmt::format("step: wants a loss of one element, not of shape {}: take its mean or sum",
                                         to_string(loss.shape())));
  Evaluated e;
  e.value = as_double(loss.detach());
  e.differentiated = std::isfinite(e.value);
  if (e.differentiated) e.gradients = backward(Arg(loss, where_));
  return e;
}

Tensor Problem::hessian_times(const Tensor& loss, const Tensor& v) const {
  std::vector<Tensor> leaves;
  for (const NamedParameter& p : trainable_) leaves.push_back(tensor_of(Arg(*p.parameter, where_), "hvp"));
  const std::vector<Tensor> g = grad(Arg(loss, where_), leaves, {.create_graph = true, .allow_unused = true});
  std::vector<Tensor> ys, seeds;
  const auto* from = static_cast<const char*>(v.raw());
  for (std::size_t i = 0; i < g.size(); from += leaves[i++].bytes()) {
    if (g[i].node() < 0) continue;  // a loss that is linear in this one
    Tensor seed = empty(leaves[i].shape(), leaves[i].dtype());
    if (seed.bytes() != 0) std::memcpy(seed.mutable_raw(), from, seed.bytes());
    ys.push_back(g[i]);
    seeds.push_back(std::move(seed));
  }
  if (ys.empty()) return filled(v.shape(), 0, v.dtype());
  const std::vector<Tensor> rows = grad(ys, leaves, seeds, {.allow_unused = true}, where_);
  return joined(v.size(), v.dtype(), rows.size(), [&](std::size_t i) -> const Tensor& { return rows[i]; });
}

}  // namespace cinta
