#include <cinta/framework/core/random.hpp>

#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random_kernels.hpp>

#include <algorithm>
#include <type_traits>

namespace cinta {
namespace {

constexpr std::int64_t grain = 1 << 14;                    // numbers of one task, a multiple of the kernels' tiles
constexpr std::uint64_t attempt = std::uint64_t{1} << 56;  // how far apart the attempts at one number lie

const RandomTable& table() {
  static const RandomTable& t = CINTA_OF_SET(isa(), random_table);
  return t;
}

template <class T> using Fill = void (*)(std::uint64_t, std::uint64_t, std::uint64_t, T*, std::int64_t);
template <class T> Fill<T> uniform_of() {
  if constexpr (std::is_same_v<T, float>) return table().uniform_f32;
  else return table().uniform_f64;
}
template <class T> Fill<T> normal_of() {
  if constexpr (std::is_same_v<T, float>) return table().normal_f32;
  else return table().normal_f64;
}

template <class T>
void fill(Fill<T> f, std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::span<T> out) {
  parallel_chunks(static_cast<std::int64_t>(out.size()), grain, [&](std::int64_t begin, std::int64_t end) {
    f(seed, stream, first + static_cast<std::uint64_t>(begin), out.data() + begin, end - begin);
  });
}

// The high half of word · bound is unbiased, but for the 2⁶⁴ mod bound smallest low halves: then the next attempt is
// taken.
std::uint64_t below(std::uint64_t word, std::uint64_t seed, std::uint64_t stream, std::uint64_t index,
                    std::uint64_t bound) {
  __extension__ using Wide = unsigned __int128;
  Wide product = Wide{word} * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t biased = -bound % bound;
    while (static_cast<std::uint64_t>(product) < biased) {
      index += attempt;
      std::uint32_t bits[2];
      table().bits(seed, stream, 2 * index, bits, 2);
      product = Wide{std::uint64_t{bits[1]} << 32 | bits[0]} * bound;
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

void random_bits(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::span<std::uint32_t> out) {
  fill<std::uint32_t>(table().bits, seed, stream, first, out);
}

template <class T>
void random_uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::span<T> out) {
  fill<T>(uniform_of<T>(), seed, stream, first, out);
}
template void random_uniform(std::uint64_t, std::uint64_t, std::uint64_t, std::span<float>);
template void random_uniform(std::uint64_t, std::uint64_t, std::uint64_t, std::span<double>);

template <class T> void random_normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::span<T> out) {
  fill<T>(normal_of<T>(), seed, stream, first, out);
}
template void random_normal(std::uint64_t, std::uint64_t, std::uint64_t, std::span<float>);
template void random_normal(std::uint64_t, std::uint64_t, std::uint64_t, std::span<double>);

template <class T>
void random_truncated_normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::span<T> out) {
  random_normal<T>(seed, stream, first, out);
  parallel_chunks(static_cast<std::int64_t>(out.size()), grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      T& x = out[static_cast<std::size_t>(i)];
      for (std::uint64_t at = first + static_cast<std::uint64_t>(i); !(x >= -2 && x <= 2);)
        normal_of<T>()(seed, stream, at += attempt, &x, 1);
    }
  });
}
template void random_truncated_normal(std::uint64_t, std::uint64_t, std::uint64_t, std::span<float>);
template void random_truncated_normal(std::uint64_t, std::uint64_t, std::uint64_t, std::span<double>);

std::uint64_t random_below(std::uint64_t seed, std::uint64_t stream, std::uint64_t index, std::uint64_t bound) {
  std::uint32_t bits[2];
  table().bits(seed, stream, 2 * index, bits, 2);
  return below(std::uint64_t{bits[1]} << 32 | bits[0], seed, stream, index, bound);
}

std::vector<std::int64_t> shuffled_indices(std::uint64_t seed, std::uint64_t stream, std::int64_t n) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(std::max<std::int64_t>(0, n)));
  shuffled_indices(seed, stream, order);
  return order;
}

void shuffled_indices(std::uint64_t seed, std::uint64_t stream, std::span<std::int64_t> order) {
  constexpr std::size_t ahead = 512;  // draws that are made at once
  std::uint32_t bits[2 * ahead];
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t k = i % ahead;
    if (k == 0)
      table().bits(seed, stream, 2 * i, bits, static_cast<std::int64_t>(2 * std::min(ahead, order.size() - i)));
    const std::uint64_t word = std::uint64_t{bits[2 * k + 1]} << 32 | bits[2 * k];
    std::int64_t& other = order[below(word, seed, stream, i, i + 1)];  // swapped with element i, which is i still
    order[i] = other;
    other = static_cast<std::int64_t>(i);
  }
}

}  // namespace cinta
