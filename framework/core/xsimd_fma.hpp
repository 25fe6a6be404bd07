// Reads xsimd, with what version 8.1 lacks: fused multiply-adds on AVX-512, where its own round twice, and on NEON the
// negated ones, exact division and square root, and roundings that keep the sign of zero. They must be declared before
// xsimd.hpp is read. For pack.hpp alone.
#pragma once

#if defined(XSIMD_HPP) && defined(__AVX512F__)
#error "xsimd was read before cinta: include cinta's headers first, or its fused multiply-adds round twice"
#endif

#if !defined(XSIMD_NO_DISCARD)
#define XSIMD_NO_DISCARD __attribute__((warn_unused_result))  // Debian's 8.1 uses it before it defines it
#endif

// GCC 12 takes the undefined operands inside its own AVX-512 intrinsics for uninitialised variables (GCC bug 105593).
#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#endif

#include <xsimd/arch/xsimd_scalar.hpp>
#include <xsimd/config/xsimd_config.hpp>
#include <xsimd/memory/xsimd_aligned_allocator.hpp>
#include <xsimd/types/xsimd_utils.hpp>

#if XSIMD_WITH_NEON64
namespace xsimd::kernel {  // operator/ sees what is declared before it
template <class A>
inline batch<float, A> div(const batch<float, A>& x, const batch<float, A>& y, requires_arch<neon64>) noexcept;
}
#endif

#include <xsimd/types/xsimd_batch.hpp>

namespace xsimd::kernel {

#if XSIMD_WITH_AVX512F
#define CINTA_FMA512(name, type, intrinsic)                                                                 \
  template <class A> inline batch<type, A> name(const batch<type, A>& x, const batch<type, A>& y,           \
                                                const batch<type, A>& z, requires_arch<avx512f>) noexcept { \
    return intrinsic(x, y, z);                                                                              \
  }
CINTA_FMA512(fma, float, _mm512_fmadd_ps)  // x·y + z
CINTA_FMA512(fma, double, _mm512_fmadd_pd)
CINTA_FMA512(fms, float, _mm512_fmsub_ps)  // x·y − z
CINTA_FMA512(fms, double, _mm512_fmsub_pd)
CINTA_FMA512(fnma, float, _mm512_fnmadd_ps)  // −x·y + z
CINTA_FMA512(fnma, double, _mm512_fnmadd_pd)
CINTA_FMA512(fnms, float, _mm512_fnmsub_ps)  // −x·y − z
CINTA_FMA512(fnms, double, _mm512_fnmsub_pd)
#undef CINTA_FMA512
#endif

#if XSIMD_WITH_NEON64
#define CINTA_FMA_NEON(name, type, arch, expression)                                                     \
  template <class A> inline batch<type, A> name(const batch<type, A>& x, const batch<type, A>& y,        \
                                                const batch<type, A>& z, requires_arch<arch>) noexcept { \
    return expression;                                                                                   \
  }
CINTA_FMA_NEON(fnma, float, neon, vfmaq_f32(z, -x, y))
CINTA_FMA_NEON(fnma, double, neon64, vfmaq_f64(z, -x, y))
CINTA_FMA_NEON(fnms, float, neon, vfmaq_f32(-z, -x, y))
CINTA_FMA_NEON(fnms, double, neon64, vfmaq_f64(-z, -x, y))
#undef CINTA_FMA_NEON
template <class A>
inline batch<float, A> div(const batch<float, A>& x, const batch<float, A>& y, requires_arch<neon64>) noexcept {
  return vdivq_f32(x, y);
}
template <class A> inline batch<float, A> sqrt(const batch<float, A>& x, requires_arch<neon64>) noexcept {
  return vsqrtq_f32(x);
}
#define CINTA_ROUND_NEON(name, type, intrinsic)                                                            \
  template <class A> inline batch<type, A> name(const batch<type, A>& x, requires_arch<neon64>) noexcept { \
    return intrinsic(x);                                                                                   \
  }
CINTA_ROUND_NEON(floor, float, vrndmq_f32)
CINTA_ROUND_NEON(floor, double, vrndmq_f64)
CINTA_ROUND_NEON(ceil, float, vrndpq_f32)
CINTA_ROUND_NEON(ceil, double, vrndpq_f64)
CINTA_ROUND_NEON(trunc, float, vrndq_f32)
CINTA_ROUND_NEON(trunc, double, vrndq_f64)
#undef CINTA_ROUND_NEON
#endif

}  // namespace xsimd::kernel

#include <xsimd/xsimd.hpp>
