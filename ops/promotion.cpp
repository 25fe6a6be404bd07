#include <cinta/ops/promotion.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace cinta {

Dtype float_among(std::initializer_list<Dtype> operands, const char* op, Where where) {
  const bool single = std::count(operands.begin(), operands.end(), f32) > 0;
  const bool twice = std::count(operands.begin(), operands.end(), f64) > 0;
  if (single && twice) throw DtypeError(where, fmt::format("{}: f32 and f64 do not mix: convert one, x.to(f64)", op));
  if (single || twice) return single ? f32 : f64;
  std::vector<std::string> names;
  for (const Dtype dtype : operands) names.emplace_back(to_string(dtype));
  throw DtypeError(where, fmt::format("{}: takes f32 or f64, and whole numbers beside them, not {}: convert one, "
                                      "x.to(f32)",
                                      op, fmt::join(names, " and ")));
}

Arg risen(const Arg& operand, Dtype dtype, Tensor& made) {
  if (operand.tensor()->dtype() == dtype) return operand;
  made = convert(*operand.tensor(), dtype);
  return Arg(made, operand.where());
}

}  // namespace cinta
