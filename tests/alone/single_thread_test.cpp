// A small network starts no thread, and a loop runs in the arena that its caller is in. A program of its own, since it
// counts the threads of the process. Exit code 0 is a pass.
#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/ops.hpp>

#include <sys/single_threaded.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <thread>

namespace {

using namespace cinta;

int failures = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("%s\n", what);
  ++failures;
}

long threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

void train_small_network() {
  Parameter w1(uniform({30, 64}, -0.2, 0.2, {.seed = 1})), b1(zeros({64})),
      w2(uniform({64, 1}, -0.2, 0.2, {.seed = 2})), b2(zeros({1}));
  const Tensor x = uniform({32, 30}, -1, 1, {.seed = 3}), y = uniform({32, 1}, 0, 1, {.seed = 4});
  const Training training;
  for (int i = 0; i < 1000; ++i) {
    const Tensor loss = mean(square(linear(tanh(linear(x, w1, b1)), w2, b2) - y));
    const Gradients g = backward(loss);
    for (Parameter* p : {&w1, &b1, &w2, &b2}) *p = p->value() - 0.01 * g[*p];
  }
}

}  // namespace

int main() {
  train_small_network();
  expect(threads() == 1, "a small network starts a thread");
  expect(__libc_single_threaded, "a small network makes the process count its references atomically");

  // Before any explicit count: the caller's arena decides.
  tbb::task_arena narrow(1);
  narrow.execute([] {
    expect(num_threads() == 1, "an arena of one thread is not seen");
    const auto caller = std::this_thread::get_id();
    parallel_for(1000, [&](std::int64_t) {
      expect(std::this_thread::get_id() == caller, "a loop leaves the arena of its caller");
    });
  });
  expect(threads() == 1, "an arena of one thread starts another");

  set_num_threads(2);
  expect(num_threads() == 2, "two threads are not two");
  std::atomic<int> arrived{0};
  parallel_for(2, [&](std::int64_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  expect(threads() > 1, "this test does not see threads");
  narrow.execute([] { expect(num_threads() == 1, "after a count was set an arena of one thread is not seen"); });
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
