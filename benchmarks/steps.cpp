// One case a process, as step_cases.hpp has it: whole training steps (forward, loss, backward, update), a tiny op, an
// optimizer's pass, SiLU, softmax cross-entropy. `steps CASE` prints a line of JSON; compare.py runs all and prints the
// table.
#include "limits.hpp"
#include "step_cases.hpp"

#include <cinta/cinta.hpp>
#include <cinta/framework/core/pack_functions.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/map.hpp>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <unistd.h>

#include <cstdio>
#include <string>

using namespace cinta;

namespace {

template <class F> Tensor made(const Shape& shape, F&& f) {
  Tensor t = empty(shape);
  float* to = t.mutable_data<float>();
  for (std::int64_t i = 0; i < t.size(); ++i) to[i] = f(i);
  return t;
}

Mlp network(const steps::Network& spec) {
  std::vector<Size> hidden(spec.widths.begin() + 1, spec.widths.end() - 1);
  Mlp net({.inputs = spec.widths.front(), .hidden = hidden, .outputs = spec.widths.back()});
  init(net, {.seed = 1});
  int layer = 0;
  for (auto& p : named_parameters(net)) {
    if (p.parameter->shape().rank() == 1) {
      *p.parameter = zeros(p.parameter->shape());
      continue;
    }
    const auto in = static_cast<int>(p.parameter->shape()[0]), out = static_cast<int>(p.parameter->shape()[1]);
    *p.parameter = made(p.parameter->shape(), [&](std::int64_t i) {
      return steps::weight(layer, static_cast<int>(i / out), static_cast<int>(i % out), in, out);
    });
    ++layer;
  }
  return net;
}

int train(const steps::Network& spec) {
  Mlp net = network(spec);
  const int outputs = spec.widths.back();
  const Tensor x = made({spec.batch, spec.widths.front()}, steps::input);
  Tensor y = made({spec.batch, outputs}, [](std::int64_t i) { return static_cast<float>(steps::target(i, 2)); });
  if (spec.loss == steps::Loss::classes)
    y = made({spec.batch}, [&](std::int64_t i) { return static_cast<float>(steps::target(i, outputs)); }).to(i32);
  Optimizer optimizer = spec.method == steps::Method::sgd    ? sgd(spec.rate)
                        : spec.method == steps::Method::adam ? adam(spec.rate)
                                                             : momentum(spec.rate);
  double loss_value = 0;
  const auto step = [&] {
    Training training({.seed = 1});
    if (spec.shards > 1) {
      const auto [loss, gradients] = shard(Batch{x, y}, {.shards = spec.shards}, [&](const Batch& part) {
        return BinaryCrossEntropy{}(net(part.x), part.y);
      });
      loss_value = loss;
      optimizer.step(net, gradients);
      return;
    }
    const Tensor prediction = net(x);
    const Tensor loss = spec.loss == steps::Loss::squares  ? mean(MeanSquaredError{}(prediction, y))
                        : spec.loss == steps::Loss::binary ? mean(BinaryCrossEntropy{}(prediction, y))
                                                           : mean(CrossEntropy{}(prediction, y));
    loss_value = loss.item();
    optimizer.step(net, backward(loss));
  };
  step();
  const double first = loss_value;
  for (int i = 0; i < 4; ++i) step();
  const double fifth = loss_value;
  return steps::print(spec.name, steps::median_seconds(step), first, fifth, steps::flops(spec), steps::bytes(spec));
}

int tiny(const std::string& name, bool with_backward) {
  const Tensor x = made({4, 4}, steps::input);
  double value = 0;
  const auto run = [&] {
    Recording recording;
    Tensor z = variable(x);
    for (int i = 0; i < steps::tiny_ops; ++i) z = tanh(z);
    if (with_backward) backward(sum(z));
    value = z(0, 0);
  };
  run();
  const double first = value;
  return steps::print(name, steps::median_seconds(run) / steps::tiny_ops, first, first);
}

struct Parts {
  std::vector<Parameter> all;
};

int adamw_pass(const std::string& name, int parts) {
  Parts model;
  const std::int64_t each = steps::adam_parameters / parts;
  for (int i = 0; i < parts; ++i)
    model.all.emplace_back(made({each}, [&](std::int64_t k) { return steps::made_up(3, i * each + k); }));
  const Gradients gradients = [&] {
    Training training;
    Tensor total = scalar(0);
    for (int i = 0; i < parts; ++i)
      total = total + sum(model.all[static_cast<std::size_t>(i)] *
                          made({each}, [&](std::int64_t k) { return steps::made_up(4, i * each + k); }));
    return backward(total);
  }();
  Optimizer optimizer = adamw(1e-3);
  optimizer.step(model, gradients);
  const double first = model.all[0].value()(0);
  for (int i = 0; i < 4; ++i) optimizer.step(model, gradients);
  const double fifth = model.all[0].value()(0);
  const double seconds = steps::median_seconds([&] { optimizer.step(model, gradients); });
  return steps::print(name, seconds, first, fifth, 0, 7 * 4.0 * steps::adam_parameters);
}

// What a user would write by hand, with xsimd and TBB and nothing of Cinta: the loop that SiLU by `map` is set beside.
void silu_by_hand(const float* x, const float* g, float* to) {
  using Batch = xsimd::batch<float>;
  tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, steps::silu_elements, 1 << 15), [=](const auto& range) {
    const Batch one(1);
    for (std::int64_t i = range.begin(); i < range.end(); i += static_cast<std::int64_t>(Batch::size)) {
      const Batch v = Batch::load_unaligned(x + i), s = one / (one + xsimd::exp(-v));
      if (g == nullptr) (v * s).store_unaligned(to + i);
      else (Batch::load_unaligned(g + i) * s * (one + v * (one - s))).store_unaligned(to + i);
    }
  });
}

int silu_pass(const std::string& name, bool with_backward) {
  const Tensor x = made({steps::silu_elements}, steps::input),
               g = made({steps::silu_elements}, [](std::int64_t i) { return steps::made_up(5, i); });
  const auto f = [](const Tensor& t) { return map([](auto v) { return v / (1 + exp(-v)); }, t); };
  double value = 0, seconds = 0;
  if (with_backward) {
    Recording recording;
    const Tensor leaf = variable(x), y = f(leaf);
    seconds = steps::median_seconds([&] { value = grad(y, {leaf}, g)[0](1); });
  } else {
    seconds = steps::median_seconds([&] { value = f(x)(1); });
  }
  Tensor y = zeros(x.shape());  // its pages are at hand
  float* to = y.mutable_data<float>();
  tbb::task_arena arena(num_threads());
  const double by_hand = steps::median_seconds(
      [&] { arena.execute([&] { silu_by_hand(x.data<float>(), with_backward ? g.data<float>() : nullptr, to); }); });
  return steps::print(name, seconds, value, value, 0, 0, by_hand);
}

int softmax_pass(const std::string& name) {
  const Tensor x = made({steps::rows, steps::columns}, steps::input);
  const Tensor y =
      made({steps::rows}, [](std::int64_t i) { return static_cast<float>(steps::target(i, steps::columns)); }).to(i32);
  double value = 0;
  const double seconds = steps::median_seconds([&] {
    Recording recording;
    const Tensor leaf = variable(x), loss = mean(CrossEntropy{}(leaf, y));
    value = loss.item();
    backward(loss);
  });
  // The logits twice, and their gradient, whose lines are read before they are written.
  return steps::print(name, seconds, value, value, 0, 16.0 * steps::rows * steps::columns);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "";
  if (name == "limits") {
    std::printf("{\"gflops\": %.1f, \"gbytes\": {", bench::peak_gflops());
    // Three quarters of a core's second cache for each thread, and of the third; and memory.
    const std::int64_t second = std::max(sysconf(_SC_LEVEL2_CACHE_SIZE), 1L << 18) * 3 / 4 * num_threads(),
                       third = std::clamp(sysconf(_SC_LEVEL3_CACHE_SIZE) * 3 / 4, 1L << 22, 24'000'000L);
    for (const std::int64_t bytes : {second, third, std::int64_t{400'000'000}})
      std::printf("%s\"%lld\": %.1f", bytes == second ? "" : ", ", static_cast<long long>(bytes),
                  bench::triad_gbytes(bytes));
    std::printf("}, \"round_trip_ns\": %.0f}\n", num_threads() > 1 ? bench::round_trip_ns() : 0);
    return 0;
  }
  if (name == "tiny_forward" || name == "tiny_backward") return tiny(name, name == "tiny_backward");
  if (name == "adamw_1" || name == "adamw_100") return adamw_pass(name, name == "adamw_1" ? 1 : 100);
  if (name == "silu_forward" || name == "silu_backward") return silu_pass(name, name == "silu_backward");
  if (name == "softmax_xent") return softmax_pass(name);
  for (const steps::Network& spec : steps::networks())
    if (name == spec.name) return train(spec);
  std::fprintf(
      stderr,
      "usage: steps "
      "limits|tiny_forward|tiny_backward|a|b|c|d|e|adamw_1|adamw_100|silu_forward|silu_backward|softmax_xent\n");
  return 2;
}
