#include <cinta/framework/nn/penalties.hpp>

#include <cinta/framework/core/nearest.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

namespace cinta::detail {

Tensor penalty(const char* name, bool squares, const std::vector<NamedConstParameter>& parameters, double lambda,
               std::string_view pattern, Where where) {
  if (!(lambda >= 0)) throw ValueError(where, fmt::format("{}: lambda must not be negative, but is {}", name, lambda));
  Tensor total;
  for (const auto& p : parameters) {
    if (!fits_pattern(p.name, pattern)) continue;
    if (!p.parameter->initialized())
      throw ValueError(
          where,
          fmt::format("{}: the parameter \"{}\" was never initialised: call init(net, {{.seed = 1}}), or load it", name,
                      p.name));
    const Arg w(*p.parameter, where);
    const Tensor part = sum(Arg(squares ? square(w) : abs(w), where));
    total = total.defined() ? add(Arg(total, where), part) : part;
  }
  if (total.defined()) return mul(Arg(total, where), lambda);
  std::vector<std::string> names;
  for (const auto& p : parameters) names.push_back(p.name);
  throw ValueError(where,
                   fmt::format("{}: no parameter's name fits \"{}\"{}", name, pattern, did_you_mean(pattern, names)));
}

}  // namespace cinta::detail
