// Which of the library's two sets of kernels this process runs. For ops that have kernels.
#pragma once

namespace cinta {

/// x86-64-v3 (AVX2, FMA) is the least that kernels need; v4 adds AVX-512.
enum class Isa { v3, v4 };

/// The set in use: the best that the processor has, or v3 where the environment says CINTA_ISA=v3.
Isa isa();

}  // namespace cinta
