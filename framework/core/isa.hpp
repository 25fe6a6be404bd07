// Which of the library's sets of kernels this process runs: one of two on x86-64, the only one elsewhere. For ops that
// have kernels.
#pragma once

namespace cinta {

/// x86-64-v3 (AVX2, FMA) is the least that kernels need; v4 adds AVX-512. Other processors have one set, `generic`.
enum class Isa { generic, v3, v4 };

/// The set in use: the best that the processor has, or v3 where the environment says CINTA_ISA=v3.
Isa isa();

// CINTA_IN_EACH_SET(declarations) declares what every set of kernels defines; CINTA_OF_SET(isa, name) is that set's.
#if defined(__x86_64__)
#define CINTA_IN_EACH_SET(...) \
  namespace v3 {               \
  __VA_ARGS__                  \
  }                            \
  namespace v4 {               \
  __VA_ARGS__                  \
  }
#define CINTA_OF_SET(isa, name) ((isa) == Isa::v4 ? v4::name : v3::name)
#else
#define CINTA_IN_EACH_SET(...) \
  namespace generic {          \
  __VA_ARGS__                  \
  }
#define CINTA_OF_SET(isa, name) generic::name
#endif

}  // namespace cinta
