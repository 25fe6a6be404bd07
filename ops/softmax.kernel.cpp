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

// Σ e^(x − top) over those of n ≤ reduction_chunk elements that are below their row's maximum `top`; adds the number of
// the others to `tops`. In blocks, of which the first halves of all exponentials come before the second.
template <class T> CINTA_INLINE T sum_exp_below(const T* x, int n, T top, std::int64_t& tops, std::int64_t next_row) {
  using P = Pack<T>;
  const auto reduced = [&](const T* from, int count, P& power) __attribute__((always_inline)) {
    P d = P::load(from, count) - top;
    if (count < P::size) d = select(Mask<T>::first(count), d, 0);  // as if at the top, but not counted
    const P r = exp_reduce(d, power);
    const Mask<T> is_top = d == 0;
    if (any(is_top)) [[unlikely]] {
      tops += __builtin_popcount(is_top.bits() & ((1u << count) - 1));
      power = select(is_top, 0, power);
    }
    return r;
  };
  constexpr int block = 512;
  T first[block], powers[block];
  P power, sum = Sum::identity;
  if (n <= P::size) {
    const P r = reduced(x, n, power);
    return fold<Sum>(exp_finish(r, power));
  }
  for (; n > 0; x += block, n -= block) {
    each_pack<T>(
        n < block ? n : block, [&](std::int64_t i, int count) __attribute__((always_inline)) {
          __builtin_prefetch(x + next_row + i);  // while this one is computed
          reduced(x + i, count, power).store(first + i);
          power.store(powers + i);
        });
    for (int i = 0; i < n && i < block; i += P::size) sum += exp_finish(P::load(first + i), P::load(powers + i));
  }
  return fold<Sum>(sum);
}

// For each block of rows: f(first row, rows, maxima, log Σ e^(x − maximum)), as LogSoftmax defines them.
template <class T, class F> CINTA_INLINE void each_log_sum(const T* x, std::int64_t rows, std::int64_t n, F f) {
  using P = Pack<T>;
  constexpr int block = P::size;
  T top[block], total[block];
  for (std::int64_t begin = 0; begin < rows; begin += block) {
    const int count = rows - begin < block ? static_cast<int>(rows - begin) : block;
    for (int k = 0; k < block; ++k) total[k] = 0;
    for (int k = 0; k < count; ++k) {
      const T* row = x + (begin + k) * n;
      top[k] = reduce<Maximum>(row, n);
      std::int64_t tops = 0;
      total[k] = reduce_by_chunks<Sum, T>(
          n, [ row, n, m = top[k], &tops ](std::int64_t start, int length)
                 __attribute__((always_inline)) { return sum_exp_below(row + start, length, m, tops, n); });
      total[k] += static_cast<T>(tops - 1);
    }
    log1p(P::load(total)).store(total);
    f(begin, count, top, total);
  }
}

// log Σ e^(x − m) is log(1 + the terms that are not e⁰ = 1, + the number of those that are, but for one): a sure
// prediction keeps its small loss. The logarithms of a block of rows are taken in packs; a lane does not see its
// neighbours.
struct LogSoftmax {
  template <class T> static void forward(const T* x, std::int64_t rows, std::int64_t n, T* y) {
    using P = Pack<T>;
    each_log_sum(x, rows, n, [=](std::int64_t begin, int count, const T* top, const T* log) {
      for (int k = 0; k < count; ++k)
        store_row(
            y + (begin + k) * n, false, n,
            [ row = x + (begin + k) * n, m = top[k], l = log[k] ](std::int64_t i, int lanes)
                __attribute__((always_inline)) { return (P::load(row + i, lanes) - m) - l; });
    });
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

// With the bits of LogSoftmax and a choice from its result.
struct CrossEntropy {
  template <class T> static void forward(const T* x, const std::int32_t* classes, std::int64_t rows, std::int64_t n,
                                         T* loss, T* top, T* log) {
    each_log_sum(x, rows, n, [=](std::int64_t begin, int count, const T* m, const T* l) {
      for (int k = 0; k < count; ++k) {
        const std::int64_t r = begin + k;
        loss[r] = -((x[r * n + classes[r]] - m[k]) - l[k]);
        top[r] = m[k];
        log[r] = l[k];
      }
    });
  }
  template <class T> static void backward(const T* x, const std::int32_t* classes, const T* top, const T* log,
                                          const T* g, std::int64_t rows, std::int64_t n, T* gx, bool add) {
    using P = Pack<T>;
    for (std::int64_t r = 0; r < rows; ++r, x += n, gx += n) {
      const auto share =
          [ x, gx, n, m = top[r], l = log[r], w = g[r] ](std::int64_t i, int lanes) __attribute__((always_inline)) {
        __builtin_prefetch(x + n + i);  // of the next row
        __builtin_prefetch(gx + n + i, 1);
        return exp((P::load(x + i, lanes) - m) - l) * w;
      };
      const std::int64_t c = classes[r];
      const T before = add ? gx[c] : T(0);
      store_row(gx, add, n, share);
      const T own = lanes::first(share(c, 1).b[0]) - g[r];
      gx[c] = add ? before + own : own;
    }
  }
};

template <class T> constexpr CrossEntropyKernels<T> cross_entropy{CrossEntropy::forward<T>, CrossEntropy::backward<T>};

template <class Op, class T> constexpr SoftmaxKernels<T> kernels{Op::template forward<T>, Op::template backward<T>};

}  // namespace

extern const SoftmaxTable softmax_table;
constinit const SoftmaxTable softmax_table{kernels<Softmax, float>,  kernels<LogSoftmax, float>,
                                           kernels<Softmax, double>, kernels<LogSoftmax, double>,
                                           cross_entropy<float>,     cross_entropy<double>};

}  // namespace CINTA_KERNELS
}  // namespace cinta
