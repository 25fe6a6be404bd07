// The loops of reductions, written on packs.
#include <cinta/framework/core/pack_reduce.hpp>
#include <cinta/framework/core/reduction_kernels.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {
namespace {

template <class Op, class T> T run(const T* x, std::int64_t n) { return reduce_chunk<Op>(x, static_cast<int>(n)); }

// Four packs of columns at a time, so that one chain's latency hides behind the other's.
template <class Op, class T>
void columns(const T* x, std::int64_t rows, std::int64_t stride, std::int64_t count, T* y) {
  constexpr int size = Pack<T>::size;
  std::int64_t c = 0;
  for (; c + 4 * size <= count; c += 4 * size) {
    Pack<T> a[4] = {Op::identity, Op::identity, Op::identity, Op::identity};
    for (std::int64_t r = 0; r < rows; ++r)
      each<4>([&](auto i) __attribute__((always_inline)) {
        a[i] = Op::apply(a[i], Pack<T>::load(x + r * stride + c + i * size));
      });
    each<4>([&](auto i) __attribute__((always_inline)) { a[i].store(y + c + i * size); });
  }
  for (; c < count; c += size) {
    const int lanes = count - c < size ? static_cast<int>(count - c) : size;
    Pack<T> a = Op::identity;
    for (std::int64_t r = 0; r < rows; ++r) a = Op::apply(a, Pack<T>::load(x + r * stride + c, lanes));
    a.store(y + c, lanes);
  }
}

template <class Op, class T> void merge(T* y, const T* x, std::int64_t n) {
  constexpr int size = Pack<T>::size;
  std::int64_t i = 0;
  for (; i + size <= n; i += size) Op::apply(Pack<T>::load(y + i), Pack<T>::load(x + i)).store(y + i);
  if (i < n) {
    const int lanes = static_cast<int>(n - i);
    Op::apply(Pack<T>::load(y + i, lanes), Pack<T>::load(x + i, lanes)).store(y + i, lanes);
  }
}

template <class Op, class T> constexpr ReductionKernels<T> kernels{run<Op, T>, columns<Op, T>, merge<Op, T>};

}  // namespace

extern const ReductionTable reduction_table;
const ReductionTable reduction_table{{kernels<Sum, float>, kernels<Maximum, float>, kernels<Minimum, float>},
                                     {kernels<Sum, double>, kernels<Maximum, double>, kernels<Minimum, double>}};

}  // namespace CINTA_KERNELS
}  // namespace cinta
