// softmax and log_softmax of rows, on packs. A row is reduced from its own start (framework/core/pack_reduce.hpp), so
// its bits depend on its values alone.
#include <cinta/framework/core/pack_reduce.hpp>
#include <cinta/ops/softmax_kernels.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {
namespace {

// y[i] = f(packs from i on), for a row of n.
template <class T, class F> CINTA_INLINE void each_pack(std::int64_t n, F f) {
  constexpr int size = Pack<T>::size;
  std::int64_t i = 0;
  for (; i + size <= n; i += size) f(i, size);
  if (i < n) f(i, static_cast<int>(n - i));
}

// The two loops stand apart: of `if (add)` inside one loop GCC 12 makes an AVX-512 mask in which only lane 0 is set.
template <class T, class F> CINTA_INLINE void store_row(T* y, bool add, std::int64_t n, F f) {
  if (add)
    each_pack<T>(
        n, [&](std::int64_t i, int count)
               __attribute__((always_inline)) { (Pack<T>::load(y + i, count) + f(i, count)).store(y + i, count); });
  else
    each_pack<T>(
        n, [&](std::int64_t i, int count) __attribute__((always_inline)) { f(i, count).store(y + i, count); });
}

struct Softmax {
  template <class T> static void forward(const T* x, std::int64_t rows, std::int64_t n, T* y) {
    using P = Pack<T>;
    for (std::int64_t r = 0; r < rows; ++r, x += n, y += n) {
      const T top = reduce<Maximum>(x, n);
      if (n <= P::size) {  // the powers stay in a register
        P e;
        const T total = map_reduce_chunk<Sum, T>(
            static_cast<int>(n), [&](int, int count)
                                     __attribute__((always_inline)) { return e = exp(P::load(x, count) - top); });
        (e / total).store(y, static_cast<int>(n));
        continue;
      }
      const T total = map_reduce<Sum, T>(
          n, [=](std::int64_t i, int count) __attribute__((always_inline)) {
            const P e = exp(P::load(x + i, count) - top);
            e.store(y + i, count);
            return e;
          });
      store_row(
          y, false,
          n, [=](std::int64_t i, int count) __attribute__((always_inline)) { return P::load(y + i, count) / total; });
    }
  }
  // y (g − Σ g y)
  template <class T> static void backward(const T* y, const T* g, std::int64_t rows, std::int64_t n, T* gx, bool add) {
    using P = Pack<T>;
    for (std::int64_t r = 0; r < rows; ++r, y += n, g += n, gx += n) {
      const T dot = map_reduce<Sum, T>(
          n, [=](std::int64_t i, int count)
                 __attribute__((always_inline)) { return P::load(g + i, count) * P::load(y + i, count); });
      store_row(
          gx, add, n, [=](std::int64_t i, int count) __attribute__((always_inline)) {
            return (P::load(g + i, count) - dot) * P::load(y + i, count);
          });
    }
  }
};

// log Σ e^(x − m) is log(1 + the terms that are not e⁰ = 1, + the number of those that are, but for one): a sure
// prediction keeps its small loss. The logarithms of a block of rows are taken in packs; a lane does not see its
// neighbours.
struct LogSoftmax {
  template <class T> static void forward(const T* x, std::int64_t rows, std::int64_t n, T* y) {
    using P = Pack<T>;
    constexpr int block = P::size;
    T top[block], total[block];
    for (std::int64_t begin = 0; begin < rows; begin += block) {
      const int count = rows - begin < block ? static_cast<int>(rows - begin) : block;
      for (int k = 0; k < block; ++k) total[k] = 0;
      for (int k = 0; k < count; ++k) {
        const T* row = x + (begin + k) * n;
        top[k] = reduce<Maximum>(row, n);
        std::int64_t ones = 0;
        total[k] = map_reduce<Sum, T>(
            n, [&ones, row, m = top[k] ](std::int64_t i, int lanes) __attribute__((always_inline)) {
              const P d = P::load(row + i, lanes) - m;
              const Mask<T> one = d == 0;
              ones += __builtin_popcount(one.bits() & ((1u << lanes) - 1));
              return select(one, 0, exp(d));
            });
        total[k] += static_cast<T>(ones - 1);
      }
      log1p(P::load(total)).store(total);
      for (int k = 0; k < count; ++k)
        store_row(
            y + (begin + k) * n, false, n,
            [ row = x + (begin + k) * n, m = top[k], l = total[k] ](std::int64_t i, int lanes)
                __attribute__((always_inline)) { return (P::load(row + i, lanes) - m) - l; });
    }
  }
  // g − e^y Σ g
  template <class T> static void backward(const T* y, const T* g, std::int64_t rows, std::int64_t n, T* gx, bool add) {
    using P = Pack<T>;
    for (std::int64_t r = 0; r < rows; ++r, y += n, g += n, gx += n) {
      const T total = reduce<Sum>(g, n);
      store_row(
          gx, add, n, [=](std::int64_t i, int count) __attribute__((always_inline)) {
            return P::load(g + i, count) - exp(P::load(y + i, count)) * total;
          });
    }
  }
};

template <class Op, class T> constexpr SoftmaxKernels<T> kernels{Op::template forward<T>, Op::template backward<T>};

}  // namespace

extern const SoftmaxTable softmax_table;
constinit const SoftmaxTable softmax_table{kernels<Softmax, float>, kernels<LogSoftmax, float>,
                                           kernels<Softmax, double>, kernels<LogSoftmax, double>};

}  // namespace CINTA_KERNELS
}  // namespace cinta
