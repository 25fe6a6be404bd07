// append: std::vector::emplace_back with its growth out of line. For the tape, which appends at every op.
#pragma once

#include <utility>
#include <vector>

namespace cinta {

/// Makes room for at least one element more.
template <class T> [[gnu::noinline, gnu::cold]] void grow(std::vector<T>& v) { v.reserve(2 * v.capacity() + 8); }

/// v.emplace_back(arguments…), in a third of the instructions where there is room: the compiler inlines the growth
/// otherwise, and keeps registers for it. No argument may lie in v.
template <class T, class... A> [[gnu::always_inline]] inline T& append(std::vector<T>& v, A&&... arguments) {
  if (v.size() == v.capacity()) [[unlikely]]
    grow(v);
  if (v.size() == v.capacity()) __builtin_unreachable();
  return v.emplace_back(std::forward<A>(arguments)...);
}

}  // namespace cinta
