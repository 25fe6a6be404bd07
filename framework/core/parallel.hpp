// Parallel loops over chunks whose bounds depend on the problem alone, so that the thread count can't change a bit.
// The sole user of TBB; for kernels and for `fit`.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace cinta {

/// A reference to a callable, for the length of a call: no allocation, no copy.
template <class Signature> class FunctionRef;
template <class R, class... A> class FunctionRef<R(A...)> {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef>) FunctionRef(F&& f)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
        call_([](void* object, A... a) -> R { return (*static_cast<std::remove_reference_t<F>*>(object))(a...); }) {}
  R operator()(A... a) const { return call_(object_, a...); }

 private:
  void* object_;
  R (*call_)(void*, A...);
};

/// The number of threads that parallel loops use: `set_num_threads`, else CINTA_NUM_THREADS, else what the machine has;
/// inside a TBB arena of the caller's at most what that has.
int num_threads();
/// From now on, for the whole process. Throws `ValueError` for n outside [1, 1024].
void set_num_threads(int n);

/// f(0), …, f(n − 1), in any order and on any thread; on this thread, in order, when n is 1 or there is one thread.
/// Of several exceptions the one of the lowest index is thrown. A loop costs some 1 µs (40 when the workers sleep):
/// give it 10 µs of work at least.
void parallel_for(std::int64_t n, FunctionRef<void(std::int64_t)> f);

/// f(begin, end) over [0, n) cut into chunks of `grain`: `grain` must depend on the problem alone. One chunk runs here.
template <class F> void parallel_chunks(std::int64_t n, std::int64_t grain, F&& f) {
  if (n <= grain) {
    if (n > 0) f(std::int64_t{0}, n);
    return;
  }
  parallel_for((n + grain - 1) / grain, [&](std::int64_t i) {
    const std::int64_t begin = i * grain, end = begin + grain < n ? begin + grain : n;
    f(begin, end);
  });
}

}  // namespace cinta
