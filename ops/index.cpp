// Ops that pick elements by index, and their adjoints, which sum in index order.
#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace cinta {
namespace {

constexpr std::int64_t grain = 1 << 15;  // elements of one task

// An index whose every entry lies in [−size, size).
const Tensor& checked_index(const Arg& arg, std::int64_t size, int axis, const char* op, Where where) {
  const Tensor& index = values_of(Arg(*arg.tensor(), where), op);
  if (index.dtype() != i32)
    throw DtypeError(
        where, fmt::format("{}: the index is {}, not i32: convert it, index.to(i32)", op, to_string(index.dtype())));
  const auto entries = index.span<std::int32_t>();
  const auto distance = [](std::int32_t i) { return i < 0 ? ~i : i; };  // from the end that it counts from
  std::int32_t furthest = -1;
  for (const std::int32_t i : entries) furthest = std::max(furthest, distance(i));  // with no way out it vectorises
  if (furthest >= size) {
    const auto outside = [&](std::int32_t i) { return distance(i) >= size; };
    throw ShapeError(where, fmt::format("{}: index {} is outside axis {} of size {}", op,
                                        *std::find_if(entries.begin(), entries.end(), outside), axis, size));
  }
  return index;
}
const Arg& tensor_arg(const Arg& arg, const char* op, Where where) {
  if (arg.tensor() == nullptr)
    throw DtypeError(where, fmt::format("{}: the index is the number {}, not an i32 tensor", op, arg.number()));
  return arg;
}

std::int64_t from_front(std::int32_t i, std::int64_t size) { return i < 0 ? i + size : i; }

// --- index_select: x as [outer, size, inner] → y as [outer, n, inner]

struct Rows {
  Shape whole;
  int axis = 0;

  std::int64_t size() const { return whole[axis]; }
  std::int64_t outer() const {
    std::int64_t n = 1;
    for (int a = 0; a < axis; ++a) n *= whole[a];
    return n;
  }
  std::int64_t inner() const {
    std::int64_t n = 1;
    for (int a = axis + 1; a < whole.rank(); ++a) n *= whole[a];
    return n;
  }
};

Tensor select_rows(const Input& x, const Tensor& index, const Rows& rows, Where where);
Tensor add_rows(const Input& x, const Tensor& index, const Rows& rows, Where where);

const OpDef select_rows_op{
    "index_select", [](VjpContext& c) {
      const Tensor index = c.saved(0), g = c.gradient();
      c.give(0, add_rows(input_of(Arg(g, c.where()), "index_select"), index, c.attributes<Rows>(), c.where()));
    }};
const OpDef add_rows_op{
    "index_select", [](VjpContext& c) {
      const Tensor index = c.saved(0), g = c.gradient();
      c.give(0, select_rows(input_of(Arg(g, c.where()), "index_select"), index, c.attributes<Rows>(), c.where()));
    }};

Tensor select_rows(const Input& x, const Tensor& index, const Rows& rows, Where where) {
  Shape shape;
  for (int a = 0; a < rows.axis; ++a) shape.push_back(rows.whole[a]);
  for (const std::int64_t n : index.shape()) shape.push_back(n);
  for (int a = rows.axis + 1; a < rows.whole.rank(); ++a) shape.push_back(rows.whole[a]);
  Tensor y = empty(shape, x.tensor->dtype());
  const std::int64_t n = index.size(), size = rows.size(), inner = rows.inner();
  const auto* at = index.data<std::int32_t>();
  visit_dtype(y.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* in = x.tensor->data<T>();
    T* out = y.mutable_data<T>();
    parallel_chunks(rows.outer() * n, std::max<std::int64_t>(1, grain / std::max<std::int64_t>(1, inner)),
                    [&](std::int64_t begin, std::int64_t end) {
                      T* to = out + begin * inner;
                      for (std::int64_t o = begin / n, k = begin % n, left = end - begin; left > 0; ++o, k = 0) {
                        const T* block = in + o * size * inner;
                        const std::int64_t stop = std::min(n, k + left);
                        left -= stop - k;
                        if (inner == 1)
                          for (; k < stop; ++k) *to++ = block[from_front(at[k], size)];
                        for (; k < stop; ++k, to += inner)
                          std::memcpy(to, block + from_front(at[k], size) * inner,
                                      static_cast<std::size_t>(inner) * sizeof(T));
                      }
                    });
  });
  Record(select_rows_op, y, where, {x}).attributes(rows).save(index);
  return y;
}

// The adjoint: zeros of the whole shape, to which the rows of x are added in index order. Tasks share no destination.
Tensor add_rows(const Input& x, const Tensor& index, const Rows& rows, Where where) {
  Tensor y = filled(rows.whole, 0, x.tensor->dtype());
  const std::int64_t n = index.size(), size = rows.size(), inner = rows.inner();
  const auto* at = index.data<std::int32_t>();
  visit_dtype(y.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* in = x.tensor->data<T>();
    T* out = y.mutable_data<T>();
    const std::int64_t columns = 64, blocks = (inner + columns - 1) / columns;
    const std::int64_t work = std::max<std::int64_t>(1, n * std::min(inner, columns));
    parallel_chunks(rows.outer() * blocks, std::max<std::int64_t>(1, grain / work),
                    [&](std::int64_t begin, std::int64_t end) {
                      for (std::int64_t task = begin; task < end; ++task) {
                        const std::int64_t o = task / blocks, first = task % blocks * columns,
                                           last = std::min(inner, first + columns);
                        for (std::int64_t k = 0; k < n; ++k) {
                          const T* from = in + (o * n + k) * inner;
                          T* to = out + (o * size + from_front(at[k], size)) * inner;
                          for (std::int64_t c = first; c < last; ++c) to[c] = static_cast<T>(to[c] + from[c]);
                        }
                      }
                    });
  });
  Record(add_rows_op, y, where, {x}).attributes(rows).save(index);
  return y;
}

// --- gather and scatter_add

// f(position in the index, position in the whole) for every entry of the index, in order within each outer block:
// entries of different blocks never meet.
template <class F> void each_entry(const Tensor& index, const Shape& whole, int axis, F f) {
  const Shape& shape = index.shape();
  if (shape.size() == 0) return;
  std::int64_t outer = 1, whole_inner = 1, inner = 1;
  for (int a = 0; a < axis; ++a) outer *= shape[a];
  for (int a = axis + 1; a < shape.rank(); ++a) {
    inner *= shape[a];
    whole_inner *= whole[a];
  }
  const std::int64_t n = shape[axis], size = whole[axis];
  const auto* at = index.data<std::int32_t>();
  parallel_chunks(outer, std::max<std::int64_t>(1, grain / (n * inner)), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t o = begin; o < end; ++o) {
      std::int64_t block = 0, step = 1;  // of the whole; its outer axes may be longer than the index's
      for (std::int64_t a = axis - 1, rest = o; a >= 0; rest /= shape[static_cast<int>(a)], --a) {
        block += rest % shape[static_cast<int>(a)] * step;
        step *= whole[static_cast<int>(a)];
      }
      if (whole_inner == 1) {
        const std::int32_t* own = at + o * n;
        for (std::int64_t k = 0; k < n; ++k) f(o * n + k, block * size + from_front(own[k], size));
        continue;
      }
      for (std::int64_t k = 0; k < n; ++k)
        for (std::int64_t c = 0; c < inner; ++c) {
          std::int64_t column = c;
          if (inner != whole_inner) {
            column = 0;
            std::int64_t s = 1;
            for (std::int64_t a = shape.rank() - 1, rest = c; a > axis; rest /= shape[static_cast<int>(a)], --a) {
              column += rest % shape[static_cast<int>(a)] * s;
              s *= whole[static_cast<int>(a)];
            }
          }
          const std::int64_t entry = (o * n + k) * inner + c;
          f(entry, (block * size + from_front(at[entry], size)) * whole_inner + column);
        }
    }
  });
}

struct Entries {
  Shape whole;
  int axis = 0;
};

Tensor pick(const Input& x, const Tensor& index, const Entries& e, Where where);
Tensor place(const Input& x, const Tensor& index, const Entries& e, Where where);

const OpDef gather_op{"gather", [](VjpContext& c) {
                        const Tensor index = c.saved(0), g = c.gradient();
                        c.give(0,
                               place(input_of(Arg(g, c.where()), "gather"), index, c.attributes<Entries>(), c.where()));
                      }};
const OpDef scatter_op{
    "scatter_add", [](VjpContext& c) {
      const Tensor index = c.saved(0), g = c.gradient();
      c.give(0, pick(input_of(Arg(g, c.where()), "scatter_add"), index, c.attributes<Entries>(), c.where()));
    }};

Tensor pick(const Input& x, const Tensor& index, const Entries& e, Where where) {
  Tensor y = empty(index.shape(), x.tensor->dtype());
  visit_dtype(y.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* in = x.tensor->data<T>();
    T* out = y.mutable_data<T>();
    each_entry(index, e.whole, e.axis, [=](std::int64_t entry, std::int64_t at) { out[entry] = in[at]; });
  });
  Record(gather_op, y, where, {x}).attributes(e).save(index);
  return y;
}

Tensor place(const Input& x, const Tensor& index, const Entries& e, Where where) {
  Tensor y = filled(e.whole, 0, x.tensor->dtype());
  visit_dtype(y.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* in = x.tensor->data<T>();
    T* out = y.mutable_data<T>();
    each_entry(index, e.whole, e.axis,
               [=](std::int64_t entry, std::int64_t at) { out[at] = static_cast<T>(out[at] + in[entry]); });
  });
  Record(scatter_op, y, where, {x}).attributes(e).save(index);
  return y;
}

// Throws unless the index fits into the whole in every axis but the one that it points along.
void require_fit(const Shape& index, const Shape& whole, int axis, const char* op, Where where) {
  bool fits = index.rank() == whole.rank();
  for (int a = 0; a < index.rank() && fits; ++a) fits = a == axis || index[a] <= whole[a];
  if (!fits)
    throw ShapeError(where, fmt::format("{}: an index of shape {} does not fit the shape {} along axis {}", op,
                                        to_string(index), to_string(whole), axis));
}

}  // namespace

Tensor index_select(const Arg& arg, const Arg& index_arg, int axis) {
  const Where where = arg.where();
  const Input x = input_of(arg, "index_select");
  const Rows rows{x.tensor->shape(), normalize_axis(axis, x.tensor->rank(), "index_select", where)};
  const Tensor& index =
      checked_index(tensor_arg(index_arg, "index_select", where), rows.size(), rows.axis, "index_select", where);
  return select_rows(x, index.detach(), rows, where);
}

Tensor gather(const Arg& arg, const Arg& index_arg, int axis) {
  const Where where = arg.where();
  const Input x = input_of(arg, "gather");
  const Entries e{x.tensor->shape(), normalize_axis(axis, x.tensor->rank(), "gather", where)};
  const Tensor& index = checked_index(tensor_arg(index_arg, "gather", where), e.whole[e.axis], e.axis, "gather", where);
  require_fit(index.shape(), e.whole, e.axis, "gather", where);
  return pick(x, index.detach(), e, where);
}

Tensor scatter_add(const Arg& arg, const Arg& index_arg, const Shape& shape, int axis) {
  const Where where = arg.where();
  const Input x = input_of(arg, "scatter_add");
  const Entries e{shape, normalize_axis(axis, shape.rank(), "scatter_add", where)};
  const Tensor& index =
      checked_index(tensor_arg(index_arg, "scatter_add", where), shape[e.axis], e.axis, "scatter_add", where);
  if (!(index.shape() == x.tensor->shape()))
    throw ShapeError(where, fmt::format("scatter_add: the index has the shape {}, and the values {}",
                                        to_string(index.shape()), to_string(x.tensor->shape())));
  require_fit(index.shape(), shape, e.axis, "scatter_add", where);
  return place(x, index.detach(), e, where);
}

Tensor one_hot(const Arg& arg, std::int64_t classes, Dtype dtype) {
  const Tensor& index = values_of(arg, "one_hot");
  if (index.dtype() != i32)
    throw DtypeError(arg.where(), fmt::format("one_hot: the index is {}, not i32: convert it, index.to(i32)",
                                              to_string(index.dtype())));
  if (classes < 0) throw ValueError(arg.where(), fmt::format("one_hot: {} classes are asked for", classes));
  for (const std::int32_t i : index.span<std::int32_t>())
    if (i < 0 || i >= classes)
      throw ShapeError(arg.where(), fmt::format("one_hot: index {} is outside [0, {})", i, classes));
  Shape shape = index.shape();
  shape.push_back(classes);
  Tensor y = filled(shape, 0, dtype);
  visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    T* out = y.mutable_data<T>();
    for (std::int64_t i = 0; i < index.size(); ++i) out[i * classes + index.data<std::int32_t>()[i]] = T(1);
  });
  return y;
}

}  // namespace cinta
