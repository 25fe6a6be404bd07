// Memory does not grow: outside scopes, inside Evaluation, and in training that also computes a metric; and a recording
// that grows says so once. A program of its own, since it watches the whole process. Exit code 0 is a pass.
#include <cinta/ops/ops.hpp>

#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using namespace cinta;

int failures = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("%s\n", what);
  ++failures;
}

struct Net {
  Parameter hidden{filled({2, 8}, 0.25)}, hidden_bias{filled({8}, 0.125)}, out{filled({8, 1}, 0.5)},
      out_bias{filled({1}, 0)};

  Tensor operator()(const Tensor& x) const { return linear(tanh(linear(x, hidden, hidden_bias)), out, out_bias); }
};

std::size_t allocated() { return memory_use().in_use + memory_use().pooled; }

// Whether 100,000 runs of f take no more memory than the first hundred, in tensors and in the heap as a whole.
template <class F> void expect_constant(const char* what, F f) {
  for (int i = 0; i < 100; ++i) f();
  const std::size_t before = allocated();
  const auto pages = [] {
    long total = 0, resident = 0;
    if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
      if (std::fscanf(file, "%ld %ld", &total, &resident) != 2) resident = -1;
      std::fclose(file);
    }
    return resident;
  };
  const long resident = pages();
  for (int i = 0; i < 100'000; ++i) f();
  expect(allocated() == before, what);
  expect(resident > 0 && pages() <= resident + 64, what);  // 256 kB: under 3 bytes a run
}

// What f writes to the standard error stream.
template <class F> std::string said_by(F f) {
  std::FILE* file = std::tmpfile();
  std::fflush(stderr);
  const int before = dup(2);
  dup2(fileno(file), 2);
  f();
  std::fflush(stderr);
  dup2(before, 2);
  close(before);
  std::rewind(file);
  std::string text;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

}  // namespace

int main() {
  Net net;
  const Tensor x{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y{{0}, {1}, {1}, {0}};
  expect_constant("evaluations outside every scope grow", [&] { (void)mean(square(net(x) - y)).item(); });
  expect_constant("evaluations inside Evaluation grow", [&] {
    const Evaluation evaluation;
    (void)mean(square(net(x) - y)).item();
  });
  {
    const Training training;
    const auto step = [&] {
      const Tensor predicted = net(x), loss = mean(square(predicted - y));
      const Tensor metric = mean(abs(predicted - y));  // recorded beside the loss
      (void)metric.item();
      const Gradients g = backward(loss);
      for (Parameter* p : {&net.hidden, &net.hidden_bias, &net.out, &net.out_bias}) *p = p->value() - 0.01 * g[*p];
    };
    expect_constant("training steps grow", step);
    expect_constant("evaluations inside Evaluation inside Training grow", [&] {
      const Evaluation evaluation;
      (void)mean(square(net(x) - y)).item();
    });
  }
  expect_constant("value_and_grad grows", [&] { (void)value_and_grad([](const Tensor& t) { return sum(t * t); }, y); });

  const Tensor large = filled({1 << 16}, 1);
  int line = 0;
  const std::string said = said_by([&] {
    line = __LINE__ + 1;
    const Training training;
    const Tensor leaf = variable(large);
    for (int i = 0; i < 9000; ++i) (void)(leaf + 1);  // 2.3 GB of values recorded, a few of them alive
  });
  expect(said.find("memory_test.cpp:" + std::to_string(line) + ": this recording has passed 2 GB without a backward") !=
             std::string::npos,
         "a recording of 2 GB does not say so with its line");
  expect(said.find("this recording") == said.rfind("this recording"), "a recording of 2 GB says so more than once");
  expect(said_by([&] {
           const Training training;
           for (int i = 0; i < 9; ++i) {
             const Tensor leaf = variable(large);
             for (int k = 0; k < 1000; ++k) (void)(leaf + 1);
             backward(sum(leaf));
           }
         }).empty(),
         "a recording that is cleared warns");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
