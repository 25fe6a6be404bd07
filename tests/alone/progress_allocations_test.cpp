// A bar that is drawn at every batch allocates nothing. A program of its own, since it replaces the allocator. Exit
// code 0 is a pass.
#include <cinta/framework/train/progress.hpp>

#include <cerrno>
#include <cstdlib>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {
long allocations = 0;
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

double ticks = 0;
double clock_of_long_batches() { return ticks += 1; }  // each is worth a drawing

long allocations_of_a_run(cinta::ProgressMode mode, std::FILE* out) {
  cinta::Progress progress({.mode = mode, .epochs = 100, .batches = 10, .out = out, .seconds = clock_of_long_batches});
  const auto epoch = [&](int e) {
    progress.begin_epoch(e);
    for (int b = 1; b <= 10; ++b) progress.batch(b, 1.0 / e);
    progress.end_epoch(e, 1e-9 / e, 1e9 * e);
  };
  epoch(1);
  const long before = allocations;
  for (int e = 2; e <= 100; ++e) epoch(e);
  return allocations - before;
}

}  // namespace

int main() {
  std::FILE* out = std::tmpfile();
  const long before = allocations;
  std::free(std::malloc(10));
  const bool counts = allocations == before + 1;
  const long bar = allocations_of_a_run(cinta::ProgressMode::bar, out),
             lines = allocations_of_a_run(cinta::ProgressMode::lines, out);
  const bool wrote = std::ftell(out) > 10'000;
  std::printf("%ld allocations by a bar, %ld by lines\n", bar, lines);
  return counts && wrote && bar == 0 && lines == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
