// What xsimd lacks on one batch: its first `count` lanes in memory, masks as bits, and the moves of a fold.
// For pack.hpp alone. Intrinsics where the instruction set has them, plain loops elsewhere.
#pragma once

#include <cstdint>

#include <cinta/framework/core/xsimd_fma.hpp>

#define CINTA_INLINE [[gnu::always_inline]] inline

namespace cinta {
inline namespace CINTA_KERNELS {
namespace lanes {

template <class T> using Batch = xsimd::batch<T>;
template <class T> using BatchMask = xsimd::batch_bool<T>;

#if defined(__AVX512F__)

CINTA_INLINE Batch<float> load(const float* p, int count) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), p);
}
CINTA_INLINE Batch<double> load(const double* p, int count) {
  return _mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << count) - 1), p);
}
CINTA_INLINE void store(Batch<float> x, float* p, int count) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << count) - 1), x);
}
CINTA_INLINE void store(Batch<double> x, double* p, int count) {
  _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1u << count) - 1), x);
}
template <class T> CINTA_INLINE unsigned bits(BatchMask<T> m) {
  return static_cast<unsigned>(static_cast<typename BatchMask<T>::register_type>(m));
}
template <class T> CINTA_INLINE BatchMask<T> from_bits(unsigned bits) {
  return BatchMask<T>(static_cast<typename BatchMask<T>::register_type>(bits));
}

// Lane i becomes lane i + half for i < half, the others anything; half is below the width.
template <int half> CINTA_INLINE Batch<float> down(Batch<float> x) {
  if constexpr (half >= 4) return _mm512_shuffle_f32x4(x, x, half == 8 ? 0xee : 0x01);
  else return _mm512_permute_ps(x, half == 2 ? 0x0e : 0x01);
}
template <int half> CINTA_INLINE Batch<double> down(Batch<double> x) {
  if constexpr (half >= 2) return _mm512_shuffle_f64x2(x, x, half == 4 ? 0xee : 0x01);
  else return _mm512_permute_pd(x, 0x01);
}
CINTA_INLINE float first(Batch<float> x) { return _mm512_cvtss_f32(x); }
CINTA_INLINE double first(Batch<double> x) { return _mm512_cvtsd_f64(x); }

#elif defined(__AVX2__)

// Lanes below `count`, which may be negative or above the width.
CINTA_INLINE __m256i first32(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
CINTA_INLINE __m256i first64(int count) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
}
CINTA_INLINE Batch<float> load(const float* p, int count) { return _mm256_maskload_ps(p, first32(count)); }
CINTA_INLINE Batch<double> load(const double* p, int count) { return _mm256_maskload_pd(p, first64(count)); }
// By halves, quarters and eighths: a masked store is 40 micro-operations on AMD.
CINTA_INLINE void store(Batch<float> x, float* p, int count) {
  if (count >= 8) return x.store_unaligned(p);
  if (count <= 0) return;
  __m128 rest = _mm256_castps256_ps128(x);
  if ((count & 4) != 0) {
    _mm_storeu_ps(p, rest);
    rest = _mm256_extractf128_ps(x, 1);
    p += 4;
  }
  if ((count & 2) != 0) {
    _mm_storel_pd(reinterpret_cast<double*>(p), _mm_castps_pd(rest));
    rest = _mm_movehl_ps(rest, rest);
    p += 2;
  }
  if ((count & 1) != 0) _mm_store_ss(p, rest);
}
CINTA_INLINE void store(Batch<double> x, double* p, int count) {
  if (count >= 4) return x.store_unaligned(p);
  if (count <= 0) return;
  __m128d rest = _mm256_castpd256_pd128(x);
  if ((count & 2) != 0) {
    _mm_storeu_pd(p, rest);
    rest = _mm256_extractf128_pd(x, 1);
    p += 2;
  }
  if ((count & 1) != 0) _mm_store_sd(p, rest);
}
template <class T> CINTA_INLINE unsigned bits(BatchMask<T> m) {
  if constexpr (sizeof(T) == 4) return static_cast<unsigned>(_mm256_movemask_ps(m));
  else return static_cast<unsigned>(_mm256_movemask_pd(m));
}
template <class T> CINTA_INLINE BatchMask<T> from_bits(unsigned bits) {
  if constexpr (sizeof(T) == 4) {
    const __m256i lane = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i own = _mm256_and_si256(_mm256_set1_epi32(static_cast<int>(bits)), lane);
    return BatchMask<T>(_mm256_castsi256_ps(_mm256_cmpeq_epi32(own, lane)));
  } else {
    const __m256i lane = _mm256_setr_epi64x(1, 2, 4, 8);
    const __m256i own = _mm256_and_si256(_mm256_set1_epi64x(static_cast<long long>(bits)), lane);
    return BatchMask<T>(_mm256_castsi256_pd(_mm256_cmpeq_epi64(own, lane)));
  }
}

template <int half> CINTA_INLINE Batch<float> down(Batch<float> x) {
  if constexpr (half == 4) return _mm256_permute2f128_ps(x, x, 0x01);
  else return _mm256_permute_ps(x, half == 2 ? 0x0e : 0x01);
}
template <int half> CINTA_INLINE Batch<double> down(Batch<double> x) {
  if constexpr (half == 2) return _mm256_permute2f128_pd(x, x, 0x01);
  else return _mm256_permute_pd(x, 0x01);
}
CINTA_INLINE float first(Batch<float> x) { return _mm256_cvtss_f32(x); }
CINTA_INLINE double first(Batch<double> x) { return _mm256_cvtsd_f64(x); }

#else

template <class T> CINTA_INLINE Batch<T> load(const T* p, int count) {
  T lane[Batch<T>::size] = {};
  for (int i = 0; i < static_cast<int>(Batch<T>::size) && i < count; ++i) lane[i] = p[i];
  return Batch<T>::load_unaligned(lane);
}
template <class T> CINTA_INLINE void store(Batch<T> x, T* p, int count) {
  T lane[Batch<T>::size];
  x.store_unaligned(lane);
  for (int i = 0; i < static_cast<int>(Batch<T>::size) && i < count; ++i) p[i] = lane[i];
}
template <class T> CINTA_INLINE unsigned bits(BatchMask<T> m) {
  T lane[Batch<T>::size];
  xsimd::select(m, Batch<T>(T(1)), Batch<T>(T(0))).store_unaligned(lane);
  unsigned bits = 0;
  for (unsigned i = 0; i < Batch<T>::size; ++i) bits |= lane[i] != 0 ? 1u << i : 0u;
  return bits;
}
template <class T> CINTA_INLINE BatchMask<T> from_bits(unsigned bits) {
  T lane[Batch<T>::size];
  for (unsigned i = 0; i < Batch<T>::size; ++i) lane[i] = (bits >> i & 1) != 0 ? T(1) : T(0);
  return Batch<T>::load_unaligned(lane) != Batch<T>(T(0));
}

template <int half, class T> CINTA_INLINE Batch<T> down(Batch<T> x) {
  T lane[Batch<T>::size + half] = {};
  x.store_unaligned(lane);
  return Batch<T>::load_unaligned(lane + half);
}
template <class T> CINTA_INLINE T first(Batch<T> x) {
  T lane[Batch<T>::size];
  x.store_unaligned(lane);
  return lane[0];
}

#endif

}  // namespace lanes
}  // namespace CINTA_KERNELS
}  // namespace cinta
