// Random numbers as functions of (seed, stream, index): the same on every machine, with any number of threads, and for
// any part of a sequence by itself. For ops, layers, initialisers and data loaders.
//
// The source is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), bit for bit that
// of Random123: key (seed low, seed high), counter (block low, block high, stream low, stream high). Word w of a
// sequence is word w mod 4 of block ⌊w / 4⌋. f32 numbers take one word each, f64 numbers two.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cinta {

/// Words first, first + 1, … of the sequence.
void random_bits(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::span<std::uint32_t> out);

/// Numbers first, first + 1, … uniform in [0, 1): the word's upper 24 bits · 2⁻²⁴ in f32; in f64 the upper 53 bits of
/// two words (the second is the high one) · 2⁻⁵³. T is float or double.
template <class T> void random_uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::span<T> out);

/// Numbers first, first + 1, … of the standard normal distribution, by Box and Muller's transform of pairs: with u, v
/// the uniform numbers 2j and 2j + 1, number 2j is √(−2 ln u) cos 2πv and number 2j + 1 is √(−2 ln u) sin 2πv. The
/// largest magnitude is 6.66 in f32, 8.57 in f64. Box and Muller 1958.
template <class T> void random_normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::span<T> out);

/// The same, drawn again while outside [−2, 2] (number i of attempt a is number i + a·2⁵⁶ of the sequence). Its
/// standard deviation is 0.87962566.
template <class T>
void random_truncated_normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::span<T> out);

/// A number of [0, bound), each equally likely, from words 2·index and 2·index + 1. `bound` is not 0. Lemire 2019.
std::uint64_t random_below(std::uint64_t seed, std::uint64_t stream, std::uint64_t index, std::uint64_t bound);

/// 0, …, n − 1 in random order (Fisher and Yates), every order equally likely as far as 64 bits of seed can tell.
std::vector<std::int64_t> shuffled_indices(std::uint64_t seed, std::uint64_t stream, std::int64_t n);
/// The same into memory that there is already, where n is its size.
void shuffled_indices(std::uint64_t seed, std::uint64_t stream, std::span<std::int64_t> order);

/// A stream for a name, so that each parameter is drawn from (seed, its name): FNV-1a, 64 bits.
constexpr std::uint64_t stream_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

/// A sequence of random numbers to draw from one after the other, for data sources: number i is a function of (seed,
/// stream, i).
class Rng {
 public:
  /// The sequence of numbers of (seed, stream), from its start.
  explicit Rng(std::uint64_t seed = 0, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  /// A number of [0, bound), each equally likely; `bound` is not 0.
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_below(seed_, stream_, index_++, static_cast<std::uint64_t>(bound)));
  }
  /// Uniform in [0, 1).
  double uniform() {
    double number = 0;
    random_uniform<double>(seed_, stream_, index_++, std::span<double>(&number, 1));
    return number;
  }

 private:
  std::uint64_t seed_, stream_, index_ = 0;
};

}  // namespace cinta
