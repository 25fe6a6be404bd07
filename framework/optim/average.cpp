#include <cinta/framework/optim/average.hpp>

#include <cinta/framework/optim/scalar_functions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cinta {

double AverageRule::rate(std::int64_t t) const {
  const auto n = static_cast<double>(t);
  if (uniform_) return 1 / n;
  if (t == 1) return 1;
  switch (start_) {
    case EmaStart::corrected:
      return decay_ == 0 ? 1 : (1 - decay_) / (1 - power(decay_, n));
    case EmaStart::warm_up:
      return 1 - std::min(decay_, n / (9 + n));
    case EmaStart::first:
      break;
  }
  return 1 - decay_;
}

AverageRule ema(double decay, EmaStart start, Where where) {
  if (!(decay >= 0 && decay < 1))
    throw ValueError(where, fmt::format("ema: the decay is {}, not at least 0 and below 1", decay));
  AverageRule rule;
  rule.decay_ = decay;
  rule.start_ = start;
  return rule;
}

AverageRule uniform_average() {
  AverageRule rule;
  rule.uniform_ = true;
  return rule;
}

namespace detail {
namespace {

void check(const std::vector<const Parameter*>& parameters, const std::vector<Tensor>& averages, Where where) {
  if (!averages.empty() && averages.size() != parameters.size())
    throw ValueError(
        where, fmt::format("average: the model has {} parameters, its average {}", parameters.size(), averages.size()));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i]->initialized())
      throw ValueError(where, "average: a parameter was never initialised: call init(net, {.seed = 1}), or load it");
    if (!averages.empty() && !(averages[i].shape() == parameters[i]->shape()))
      throw ValueError(where, fmt::format("average: parameter {} of the model has shape {}, in its average {}", i,
                                          to_string(parameters[i]->shape()), to_string(averages[i].shape())));
  }
}

template <class T> void take_in(Tensor& average, const Tensor& value, double rate) {
  double* a = average.mutable_data<double>();
  const T* x = value.data<T>();
  parallel_chunks(average.size(), 1 << 16, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) a[i] += rate * (static_cast<double>(x[i]) - a[i]);
  });
}

}  // namespace

void Averages::update(Where where) {
  check(parameters, averages_, where);
  const double rate = rule_.rate(updates + 1);
  if (averages_.empty()) {
    std::vector<Tensor> first;
    for (const Parameter* p : parameters) {
      const Tensor& value = p->raw_value();
      first.push_back(is_floating(value.dtype()) ? convert(value, f64).detach() : value.detach());
    }
    averages_ = std::move(first);
  } else {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Tensor& value = parameters[i]->raw_value();
      if (value.dtype() == f32) take_in<float>(averages_[i], value, rate);
      else if (value.dtype() == f64) take_in<double>(averages_[i], value, rate);
      else averages_[i] = value.detach();
    }
  }
  ++updates;
}

void Averages::write_to(const std::vector<NamedParameter>& to) const {
  for (std::size_t i = 0; i < to.size(); ++i) {
    Tensor& value = to[i].parameter->mutable_value();
    value = value.dtype() == averages_[i].dtype() ? averages_[i] : convert(averages_[i], value.dtype());
  }
}

}  // namespace detail
}  // namespace cinta
