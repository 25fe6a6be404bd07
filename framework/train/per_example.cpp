#include <cinta/framework/train/per_example.hpp>

#include <atomic>
#include <cstring>

namespace cinta::detail {
namespace {

// n values under each other, as rows of one tensor.
struct Rows {
  Tensor all;
  char* to;
  std::size_t bytes;

  Rows(std::int64_t n, const Shape& shape, Dtype dtype) {
    Shape with_rows{n};
    for (int a = 0; a < shape.rank(); ++a) with_rows.push_back(shape[a]);
    all = filled(with_rows, 0, dtype);
    to = static_cast<char*>(all.mutable_raw());
    bytes = all.bytes() / static_cast<std::size_t>(n);
  }
  void write(std::int64_t row, const Tensor& value) {
    if (bytes != 0) std::memcpy(to + static_cast<std::size_t>(row) * bytes, value.raw(), bytes);
  }
};

}  // namespace

PerExampleGradients per_example_gradients(std::int64_t n, const std::vector<NamedConstParameter>& parameters,
                                          LossOfRows loss, Where where) {
  if (n == 0) throw DataError(prefix(where) + "per_example_gradients: the batch has no rows");
  std::vector<Rows> rows;
  for (const NamedConstParameter& p : parameters)
    rows.emplace_back(n, p.parameter->shape(), p.parameter->value(where).dtype());
  std::vector<std::atomic<bool>> used(parameters.size());
  std::vector<PerExample> losses(static_cast<std::size_t>(n));
  const auto differentiate_rows = [&] {
    in_parts(n, n, [&](std::int64_t i, std::int64_t begin, std::int64_t end) {
      const PerExample l = loss(begin, end);
      losses[static_cast<std::size_t>(i)] = {l.value.detach(), l.weight.defined() ? l.weight.detach() : Tensor()};
      const Gradients g = backward(Arg(sum(l, where), where));
      for (std::size_t k = 0; k < parameters.size(); ++k)
        if (const Tensor* of_row = g.find(parameters[k].parameter->slot())) {
          rows[k].write(i, *of_row);
          used[k].store(true, std::memory_order_relaxed);
        }
    });
  };
  if (Scope* scope = Scope::current(); scope != nullptr && scope->records()) {
    differentiate_rows();
    scope->begin_next_pass();
  } else {
    const Recording recording(where.file, where.line);
    differentiate_rows();
  }

  const Evaluation evaluation(where.file, where.line);
  PerExampleGradients result;
  std::vector<Tensor> values, weights;
  for (const PerExample& l : losses) {
    values.push_back(l.value);
    if (l.weight.defined()) weights.push_back(l.weight);
  }
  result.loss = {concat(values, 0, where), weights.size() == losses.size() ? concat(weights, 0, where) : Tensor()};
  for (std::size_t k = 0; k < parameters.size(); ++k)
    if (used[k]) {
      const Slot& slot = parameters[k].parameter->slot();
      result.gradients.add(slot.index(), slot.generation(), -1, 0, std::move(rows[k].all));
    }
  return result;
}

}  // namespace cinta::detail
