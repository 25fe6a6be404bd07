#include <cinta/framework/nn/init.hpp>

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cinta {
namespace {

using Kind = Initializer::Kind;

Tensor draw_truncated(double deviation, const Shape& shape, const RandomOptions& random) {
  Tensor y = empty(shape, random.dtype);
  const auto fill = [&]<class T>(T* out) {
    parallel_chunks(y.size(), 1 << 14, [&](std::int64_t begin, std::int64_t end) {
      random_truncated_normal<T>(random.seed, random.stream, static_cast<std::uint64_t>(begin),
                                 {out + begin, static_cast<std::size_t>(end - begin)});
      for (std::int64_t i = begin; i < end; ++i) out[i] *= static_cast<T>(deviation);
    });
  };
  if (random.dtype == f32) fill(y.mutable_data<float>());
  else fill(y.mutable_data<double>());
  return y;
}

Tensor draw(const Initializer& how, const Shape& shape, const RandomOptions& random, Where where) {
  switch (how.kind) {
    case Kind::uniform:
      return uniform(shape, -how.scale, how.scale, random, where);
    case Kind::normal:
      return normal(shape, 0, how.scale, random, where);
    case Kind::truncated_normal:
      return draw_truncated(how.scale, shape, random);
    default:
      return full(shape, how.scale, random.dtype);
  }
}

}  // namespace

Initializer glorot_uniform(std::int64_t fan_in, std::int64_t fan_out) {
  return {Kind::uniform, std::sqrt(6.0 / static_cast<double>(fan_in + fan_out))};
}
Initializer glorot_normal(std::int64_t fan_in, std::int64_t fan_out) {
  return {Kind::normal, std::sqrt(2.0 / static_cast<double>(fan_in + fan_out))};
}
Initializer he_uniform(std::int64_t fan_in, std::int64_t) {
  return {Kind::uniform, std::sqrt(6.0 / static_cast<double>(fan_in))};
}
Initializer he_normal(std::int64_t fan_in, std::int64_t) {
  return {Kind::normal, std::sqrt(2.0 / static_cast<double>(fan_in))};
}
Initializer lecun_uniform(std::int64_t fan_in, std::int64_t) {
  return {Kind::uniform, std::sqrt(3.0 / static_cast<double>(fan_in))};
}
Initializer lecun_normal(std::int64_t fan_in, std::int64_t) {
  return {Kind::normal, std::sqrt(1.0 / static_cast<double>(fan_in))};
}
Initializer constant_value(double value) { return {Kind::constant, value}; }
Initializer truncated_normal(double deviation) { return {Kind::truncated_normal, deviation}; }

void detail::init(const std::vector<ModuleLeaf>& leaves, const InitOptions& options, Where where) {
  if (!is_floating(options.dtype))
    throw DtypeError(where, fmt::format("init: parameters are f32 or f64, not {}", to_string(options.dtype)));
  for (const ModuleLeaf& leaf : leaves) {
    if (leaf.buffer != nullptr) {
      const Tensor& value = leaf.buffer->value();
      if (value.defined() && is_floating(value.dtype())) *leaf.buffer = convert(value, options.dtype);
      continue;
    }
    Parameter& p = *leaf.parameter;
    Initializer how = p.initializer();
    if (how.kind == Initializer::Kind::given && p.initialized()) {
      p = convert(p.raw_value(), options.dtype);
      continue;
    }
    if (options.scheme && p.shape().rank() == 2) how = (*options.scheme)(p.shape()[0], p.shape()[1]);
    p = draw(how, p.shape(), {.seed = options.seed, .stream = stream_of(leaf.name), .dtype = options.dtype}, where);
  }
}

}  // namespace cinta
