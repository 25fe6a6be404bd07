// When memory runs out in a first training step, at any allocation of it, std::bad_alloc comes out, nothing leaks, and
// the step that follows has the bits of an undisturbed one. A program of its own, since it replaces the allocator; each
// trial is a process of its own, whose pool and other stores are empty. Exit code 0 is a pass.
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

long allocations = 0, live = 0;
long fails_at = -1;      // the number of the allocation that fails; −1: none
bool all_after = false;  // and so do all that follow

bool fails() {
  const long n = allocations++;
  return fails_at >= 0 && (n == fails_at || (all_after && n > fails_at));
}
void* counted(void* p) {
  if (p != nullptr) ++live;
  return p;
}

}  // namespace

// calloc is left alone: glibc registers destructors of thread-local objects with it, and ends the process if it fails.
extern "C" {
void* malloc(std::size_t n) { return fails() ? (errno = ENOMEM, nullptr) : counted(__libc_malloc(n)); }
void* memalign(std::size_t a, std::size_t n) {
  return fails() ? (errno = ENOMEM, nullptr) : counted(__libc_memalign(a, n));
}
void* aligned_alloc(std::size_t a, std::size_t n) { return memalign(a, n); }
int posix_memalign(void** p, std::size_t a, std::size_t n) {
  void* memory = memalign(a, n);
  if (memory == nullptr) return ENOMEM;
  *p = memory;
  return 0;
}
void free(void* p) {
  if (p != nullptr) --live;
  __libc_free(p);
}
}

namespace {

using namespace cinta;

enum Result { passed = 0, other_exception = 10, still_recording, other_bits, tensors_leak, heap_leaks };
const char* const meanings[] = {"another exception came out",     "a scope stayed open",
                                "the next steps have other bits", "tensors leak",
                                "memory of the heap leaks",       "nothing failed"};

struct Run {
  Mlp net{MlpOptions{.inputs = 6, .hidden = {8, 5}, .outputs = 3, .dropout = 0.2}};
  Batch batch{uniform({16, 6}, -1, 1, {.seed = 3}), zeros({16}, i32)};
  Optimizer optimizer;

  explicit Run(Optimizer method) : optimizer(std::move(method)) { init(net, {.seed = 1}); }

  void step(std::int64_t pass) {
    const Training training({.seed = 7, .pass = pass});
    const Gradients g = backward(mean(CrossEntropy{}(net(batch.x), batch.y)));
    optimizer.step(net, g);
  }
  void by_fit() { fit(net, CrossEntropy{}, optimizer, batch, {.epochs = 2, .batch_size = 8, .accumulate = 2}); }
};

Optimizer methods(int which) {
  switch (which) {
    case 0:
      return sgd(0.1);
    case 1:
      return adamw(0.01);
    default:
      return groups(adam(0.01, {.clip_norm = 0.1}), {{"*.bias", {.learning_rate = 0.1}}});
  }
}

struct Trial {
  Result result = passed;
  bool failed = false;   // bad_alloc came out
  long allocations = 0;  // of the first step
  long left = 0;         // of the heap, in the end
  Tensor weights;        // after three steps
};

// A first step in which an allocation fails (none for −1), then three steps as if it had not been.
Trial trial(int method, bool with_fit, long at, bool all) {
  Trial t;
  const long before = live;
  {
    std::optional<Run> run(std::in_place, methods(method));
    release_pooled_memory();
    allocations = 0;
    fails_at = at;
    all_after = all;
    try {
      if (with_fit) run->by_fit();
      else run->step(0);
    } catch (const std::bad_alloc&) {
      t.failed = true;
    } catch (...) {
      t.result = other_exception;
    }
    fails_at = -1;
    t.allocations = allocations;
    if (Scope::current() != nullptr) t.result = still_recording;
    if (!t.failed || with_fit) run.emplace(methods(method));  // an update was made
    for (int pass = 0; pass < 3; ++pass) run->step(pass);
    t.weights = flatten(run->net);
  }
  if (t.result == passed && memory_use().in_use > 1024) t.result = tensors_leak;  // the weights alone: 568 bytes
  release_pooled_memory();
  t.left = live - before;
  return t;
}

int failures = 0;

// Runs f in a process of its own and gives its exit code.
template <class F> int in_child(F f) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    alarm(30);
    _exit(f());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void run_all(int method, bool with_fit, bool all) {
  // Shared with the children: the undisturbed run's figures, and how many trials had no exception.
  struct Shared {
    long allocations, left, absorbed;
    std::size_t bytes;
    char weights[4096];
  };
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  auto& shared = *static_cast<Shared*>(memory);
  const int undisturbed = in_child([&]() -> int {
    const Trial t = trial(method, with_fit, -1, false);
    shared.allocations = t.allocations;
    shared.left = t.left;
    shared.bytes = t.weights.bytes();
    std::memcpy(shared.weights, t.weights.raw(), std::min(shared.bytes, sizeof shared.weights));
    return t.result;
  });
  if (undisturbed != passed || shared.bytes < 400 || shared.allocations < 20) {
    std::printf("method %d: the undisturbed run failed (%d)\n", method, undisturbed);
    ++failures;
  }
  int bad = 0;
  for (long at = 0; at < shared.allocations; ++at) {
    const int code = in_child([&]() -> int {
      const Trial t = trial(method, with_fit, at, all);
      if (!t.failed) ++shared.absorbed;
      if (t.result != passed) return t.result;
      if (std::memcmp(t.weights.raw(), shared.weights, shared.bytes) != 0) return other_bits;
      return t.left > shared.left ? heap_leaks : passed;
    });
    if (code != passed && ++bad <= 3)
      std::printf("method %d%s, allocation %ld%s of %ld: %s (%d)\n", method, with_fit ? " in fit" : "", at,
                  all ? " and all after" : "", shared.allocations,
                  code >= other_exception && code <= heap_leaks ? meanings[code - other_exception] : "it died", code);
  }
  failures += bad;
  // Stores of idle memory do without: the step then goes on.
  if (shared.absorbed > 6) {
    std::printf("method %d: %ld allocations failed and no exception came out\n", method, shared.absorbed);
    ++failures;
  }
  std::printf("method %d%s: %ld allocations failed in turn%s, %d of them badly, %ld done without\n", method,
              with_fit ? " in fit" : "", shared.allocations, all ? " with all after" : "", bad, shared.absorbed);
  munmap(memory, sizeof(Shared));
}

}  // namespace

int main() {
  for (const bool all : {false, true}) {
    for (int method = 0; method < 3; ++method) run_all(method, false, all);
    run_all(1, true, all);
  }
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
