// Sums, maxima and minima over axes, defined so that neither threads nor vector width can change a bit.
// For the tape (broadcasts undone) and for the ops that reduce.
//
// Axes of size 1 are dropped and neighbours that are both reduced, or both kept, are merged; the reduced groups are
// then taken one at a time, the innermost first. Over the innermost axis a run is reduced in chunks of 4,096 elements,
// each in partial results by index modulo 16 (f32) or 8 (f64); over any other axis each column is one chain in chunks
// of 64 rows. Chunk results are combined in a fixed tree: tree(lo, hi) = tree(lo, mid) ∘ tree(mid, hi), mid = lo + (hi
// − lo + 1) / 2.
#pragma once

#include <cinta/framework/core/tensor.hpp>

namespace cinta {

enum class Reduction : std::uint8_t { sum, max, min };  // for max and min NaN wins

/// x reduced over the axes whose bits are set in `axes`, which stay as size 1; off the tape. The identity (0, −∞, +∞,
/// or the least and greatest i32) stands for an empty reduction. u8 is counted as i32.
Tensor reduce(Reduction op, const Tensor& x, unsigned axes);
/// The same under another shape of as many elements.
Tensor reduce(Reduction op, const Tensor& x, unsigned axes, const Shape& shape);

/// y += x, of equal shape and type; y's buffer must be its own.
void add_in_place(Tensor& y, const Tensor& x);

/// out[c] (= or +=) Σ over rows of x[rows, columns], by the definition above: the gradient of a bias.
template <class T> void sum_rows(const T* x, std::int64_t rows, std::int64_t columns, T* out, bool add);

}  // namespace cinta
