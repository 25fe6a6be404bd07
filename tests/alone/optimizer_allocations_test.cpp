// An optimizer step allocates nothing after the first, and a small network starts no thread. A program of its own,
// since it replaces the allocator. Exit code 0 is a pass.
#include <cinta/framework/optim/average.hpp>
#include <cinta/framework/optim/optimizers.hpp>

#include <sys/single_threaded.h>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

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

struct Dense {
  Parameter weight, bias;
};
struct Net {
  Dense hidden, out;
};

int failures = 0;

void expect(bool holds, const char* what, const char* optimizer) {
  if (holds) return;
  std::printf("%s: %s\n", optimizer, what);
  ++failures;
}

void run(Optimizer optimizer) {
  Net net{{Parameter(filled({64, 30}, 0.5)), Parameter(filled({64}, 0.25))},
          {Parameter(filled({64, 1}, 0.5)), Parameter(filled({1}, 0.25))}};
  Gradients g;
  visit(net, [&](const Name&, Parameter& p) {
    g.add(p.slot().index(), p.slot().generation(), -1, 0, filled(p.shape(), 0.125));
  });
  for (int t = 0; t < 2; ++t) optimizer.step(net, g);
  const long before = allocations;
  for (int t = 2; t < 100; ++t) optimizer.step(net, g);
  const bool none = allocations == before;
  expect(none, "a step allocates", optimizer.text().c_str());
  expect(__libc_single_threaded, "a small network starts a thread", optimizer.name().c_str());
}

void run_average(AverageRule rule) {
  Net net{{Parameter(filled({64, 30}, 0.5)), Parameter(filled({64}, 0.25))},
          {Parameter(filled({64, 1}, 0.5)), Parameter(filled({1}, 0.25))}};
  WeightAverage<Net> average(rule);
  average.update(net);
  const long before = allocations;
  for (int t = 1; t < 100; ++t) average.update(net);
  expect(allocations == before, "an update allocates", "an average of weights");
}

}  // namespace

int main() {
  const long before = allocations;
  std::free(std::malloc(10));
  std::free(std::aligned_alloc(64, 128));
  delete new int;
  expect(allocations >= before + 2, "the counter does not count", "this test");
  run(sgd(warmup_cosine(0.1, 10, 90)));
  run(momentum(0.1));
  run(adagrad(0.1));
  run(rmsprop(0.1, {.centred = true, .momentum = 0.5}));
  run(adam(piecewise({10, 20}, {1, 0.5, 0.1}), {.clip_norm = 0.1}));
  run(groups(adamw(cosine(1e-3, 100)), {{"*.bias", {.weight_decay = 0}}}));
  run_average(ema(0.99));
  run_average(uniform_average());
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
