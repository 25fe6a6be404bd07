// Small images that can be learned, as the files that `cinta train` takes. For the tests of cli/.
#pragma once

#include "program_support.hpp"

#include <cinta/framework/io/npy.hpp>
#include <cinta/framework/io/npz.hpp>

#include <cstdint>

namespace program_support {

/// n images of 8 × 8 grey values, and the class of each: which of three bands of rows is bright. A function of n and
/// seed.
struct Images {
  cinta::Tensor x, y;
};
inline Images images(std::int64_t n, std::uint32_t seed) {
  std::vector<std::uint8_t> pixels, labels;
  std::uint32_t state = seed;
  const auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 24; };
  for (std::int64_t i = 0; i < n; ++i) {
    const auto label = static_cast<std::uint8_t>(next() % 3);
    labels.push_back(label);
    for (std::uint32_t row = 0; row < 8; ++row)
      for (int column = 0; column < 8; ++column)
        pixels.push_back(static_cast<std::uint8_t>(next() / 2 + (row / 3 == label ? 100 : 0)));
  }
  return {cinta::tensor(std::span<const std::uint8_t>(pixels), {n, 8, 8}),
          cinta::tensor(std::span<const std::uint8_t>(labels), {n})};
}

/// The same as an IDX file.
inline std::string idx_bytes(const cinta::Tensor& x) {
  std::string bytes{0, 0, 8, static_cast<char>(x.rank())};
  for (const std::int64_t size : x.shape())
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(size >> shift);
  const auto elements = x.span<std::uint8_t>();
  return bytes.append(elements.begin(), elements.end());
}

/// A folder under MNIST's names; its path.
inline std::string idx_folder(const Workplace& work, std::int64_t train, std::int64_t test) {
  fs::create_directory(work.path("images"));
  const Images a = images(train, 1);
  work.file("images/train-images-idx3-ubyte", idx_bytes(a.x));
  work.file("images/train-labels-idx1-ubyte", idx_bytes(a.y));
  if (test > 0) {
    const Images b = images(test, 2);
    work.file("images/t10k-images-idx3-ubyte", idx_bytes(b.x));
    work.file("images/t10k-labels-idx1-ubyte", idx_bytes(b.y));
  }
  return work.path("images");
}

}  // namespace program_support
