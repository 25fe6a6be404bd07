// The compiled loops of random numbers, of which the program holds one table for each instruction set.
#pragma once

#include <cinta/framework/core/isa.hpp>

#include <cstdint>

namespace cinta {

/// Each writes n numbers of the sequence (seed, stream) from number `first` on.
struct RandomTable {
  void (*bits)(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::uint32_t* out, std::int64_t n);
  void (*uniform_f32)(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, float* out, std::int64_t n);
  void (*uniform_f64)(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, double* out, std::int64_t n);
  void (*normal_f32)(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, float* out, std::int64_t n);
  void (*normal_f64)(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, double* out, std::int64_t n);
};

CINTA_IN_EACH_SET(extern const RandomTable random_table;)

}  // namespace cinta
