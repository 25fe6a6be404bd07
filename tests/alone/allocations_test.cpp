// A training step by hand allocates nothing after the second: no malloc, new, posix_memalign or aligned_alloc of any
// kind. A program of its own, since it replaces the allocator. Exit code 0 is a pass.
#include <cinta/ops/ops.hpp>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <vector>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {
std::atomic<long> allocations{0};
}

extern "C" {
void* malloc(std::size_t n) { return ++allocations, __libc_malloc(n); }
void* calloc(std::size_t n, std::size_t size) { return ++allocations, __libc_calloc(n, size); }
void* realloc(void* p, std::size_t n) { return ++allocations, __libc_realloc(p, n); }
void* memalign(std::size_t alignment, std::size_t n) { return ++allocations, __libc_memalign(alignment, n); }
void* aligned_alloc(std::size_t alignment, std::size_t n) { return ++allocations, __libc_memalign(alignment, n); }
int posix_memalign(void** p, std::size_t alignment, std::size_t n) {
  ++allocations;
  *p = __libc_memalign(alignment, n);
  return *p == nullptr ? ENOMEM : 0;
}
}

namespace {

using namespace cinta;

int failures = 0;

void expect(bool holds, const char* what, long count) {
  if (holds) return;
  std::printf("%s: %ld\n", what, count);
  ++failures;
}

// Allocations of steps 3 to 100.
template <class F> long allocations_of(F step) {
  step();
  step();
  const long before = allocations;
  for (int i = 3; i <= 100; ++i) step();
  return allocations - before;
}

}  // namespace

int main() {
  const long before = allocations;
  std::free(std::malloc(10));
  std::free(std::aligned_alloc(64, 128));
  delete new int;
  expect(allocations >= before + 2, "the counter does not count", allocations - before);

  Parameter w1(uniform({30, 64}, -0.2, 0.2, {.seed = 1})), b1(zeros({64})),
      w2(uniform({64, 10}, -0.2, 0.2, {.seed = 2})), b2(zeros({10}));
  const Tensor x = uniform({32, 30}, -1, 1, {.seed = 3}), y = uniform({32, 10}, 0, 1, {.seed = 4});
  const auto forward = [&] { return linear(relu(linear(x, w1, b1)), w2, b2); };
  const auto update = [&](const Gradients& g) {
    for (Parameter* p : {&w1, &b1, &w2, &b2}) *p = p->value() - 0.01 * g[*p];
  };
  {
    const Training training;
    const long n = allocations_of([&] { update(backward(mean(square(forward() - y)))); });
    expect(n == 0, "98 steps of one scope allocate", n);
  }
  {
    const long n = allocations_of([&] {
      const Training training;
      const Tensor p = forward();
      const Tensor accuracy = mean(argmax(p).to(f32));  // a metric beside the loss
      (void)accuracy.item();
      update(backward(-sum(log_softmax(p) * y) / 32));
    });
    expect(n == 0, "98 steps with a scope each allocate", n);
  }
  {
    const long n = allocations_of([&] { (void)forward(); });
    expect(n == 0, "98 evaluations allocate", n);
  }
  {
    std::vector<Tensor> inputs, targets;  // a batch of 1 to 32 rows, in turn
    for (std::int64_t rows = 1; rows <= 32; ++rows) {
      inputs.push_back(uniform({rows, 30}, -1, 1, {.seed = 5}));
      targets.push_back(uniform({rows, 10}, 0, 1, {.seed = 6}));
    }
    const long n = allocations_of([&] {
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const Training training;
        update(backward(mean(square(linear(relu(linear(inputs[i], w1, b1)), w2, b2) - targets[i]))));
      }
    });
    expect(n == 0, "batches of 32 shapes, all seen before, allocate", n);
  }
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
