// fit allocates nothing from its third update on, penalties, weights and dropout included, and a small network starts
// no thread. A program of its own, since it replaces the allocator. Exit code 0 is a pass.
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>

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

int failures = 0;

void expect(bool holds, const char* what, const char* run) {
  if (holds) return;
  std::printf("%s: %s\n", run, what);
  ++failures;
}

// Notes the count after each update, without allocating.
struct Counter {
  long after[100] = {};
  int updates = 0;
  void on_batch_end(double) {
    if (updates < 100) after[updates] = allocations;
    ++updates;
  }
};

void run(const char* name, const Batch& data, const FitOptions<Batch>& options, double dropout) {
  Mlp net({.inputs = 30, .hidden = {64, 32}, .dropout = dropout});
  init(net, {.seed = 1});
  Counter counter;
  fit(net, BinaryCrossEntropy{}, adamw(cosine(0.01, 100)), data, options, counter);
  expect(counter.updates == 100, "there are not 100 updates", name);
  const int warm = static_cast<int>(2 * options.accumulate);  // two updates
  for (int i = warm + 1; i < 100; ++i)
    if (counter.after[i] != counter.after[warm]) {
      std::printf("%s: update %d is the first to allocate, %ld times\n", name, i + 1,
                  counter.after[i] - counter.after[i - 1]);
      ++failures;
      return;
    }
}

}  // namespace

int main() {
  const long before = allocations;
  std::free(std::malloc(10));
  delete new int;
  expect(allocations >= before + 2, "the counter does not count", "this test");
  Rng rng(1, 0);
  Batch data{empty({3200, 30}), empty({3200, 1})};
  for (float& v : data.x.mutable_span<float>()) v = static_cast<float>(rng.uniform() - 0.5);
  for (float& v : data.y.mutable_span<float>()) v = static_cast<float>(rng.below(2));
  const FitOptions<Batch> options{.epochs = 1, .batch_size = 32};
  run("plain", data, options, 0);
  run("with dropout", data, options, 0.3);
  FitOptions<Batch> penalised = options;
  penalised.penalty = {.l1 = 1e-4, .l2 = 1e-4};
  run("with penalties", data, penalised, 0);
  FitOptions<Batch> accumulating = options;
  accumulating.accumulate = 2;
  run("with accumulation", data, accumulating, 0.3);
  data.weight = filled({3200}, 0.5);
  run("with weights", data, options, 0);
  expect(__libc_single_threaded, "a small network starts a thread", "fit");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
