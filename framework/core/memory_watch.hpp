// MemoryWatch: the most that tensors held at once, over a piece of a program. A light header, for everybody.
#pragma once

#include <cstddef>

namespace cinta {

/// While one lives, the bytes that all tensors of the process hold are looked at whenever an op is recorded or
/// differentiated; `peak()` is the most so far. What an op needs only while it runs is not seen. Costs some 0.1 µs an
/// op, and nothing when there is none.
class [[nodiscard]] MemoryWatch {
 public:
  MemoryWatch();
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  /// The most bytes that tensors held since it began.
  std::size_t peak() const;
  /// The largest peak of those alive, 0 without any.
  static std::size_t largest_peak();

  // For the tape.
  static void sample();

 private:
  std::size_t peak_ = 0;
  MemoryWatch* next_ = nullptr;
};

}  // namespace cinta
