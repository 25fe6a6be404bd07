// MemoryWatch and memory_report: what is counted, and where; buffers that other threads pooled.
#include <cinta/framework/core/inspection.hpp>
#include <cinta/framework/core/tape.hpp>
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/optim/memory_report.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <thread>

namespace {

using namespace cinta;

struct Net {
  Linear hidden{64, 128};
  Linear out{128, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};
constexpr std::size_t weights = 4 * (64 * 128 + 128 + 128 + 1);

bool close_to(std::size_t bytes, std::size_t wanted) { return bytes >= wanted && bytes <= wanted + wanted / 4 + 500; }

}  // namespace

BOOST_AUTO_TEST_SUITE(memory_report)

BOOST_AUTO_TEST_CASE(parameters_state_recording_and_the_rest_are_told_apart) {
  const std::size_t before = memory_use().in_use;
  Net net;
  init(net, {.seed = 1});
  Optimizer optimizer = adam(0.01);
  const Tensor x = uniform({1000, 64}, -1, 1, {.seed = 2});
  MemoryReport report = cinta::memory_report(net, optimizer);
  BOOST_TEST(close_to(report.parameters, weights));
  BOOST_TEST(report.optimizer_state == 0u);
  BOOST_TEST(report.recorded == 0u);
  BOOST_TEST(close_to(report.other, before + 4 * 1000 * 64));
  BOOST_TEST(report.peak == 0u);
  {
    const Training training;
    const Tensor loss = mean(square(net(x)));
    report = cinta::memory_report(net, optimizer);
    // x, the hidden sums or tanh of them, and the outputs: what the ops save
    BOOST_TEST(report.recorded >= 4u * (1000 * 64 + 1000 * 128));
    BOOST_TEST(report.recorded <= 5u * (1000 * 64 + 2 * 1000 * 128 + 3000));
    BOOST_TEST(report.parameters + report.optimizer_state + report.recorded + report.other == memory_use().in_use);
    optimizer.step(net, backward(loss));
  }
  report = cinta::memory_report(net, optimizer);
  BOOST_TEST(report.recorded == 0u);
  BOOST_TEST(close_to(report.optimizer_state, 2 * weights));
  BOOST_TEST(report.pooled == memory_use().pooled);
}

BOOST_AUTO_TEST_CASE(a_watch_sees_the_peak_of_forward_and_backward_and_costs_nothing_after) {
  const Tensor x = uniform({1 << 16}, -1, 1, {.seed = 2});
  const std::size_t before = memory_use().in_use, one = 4u << 16;
  std::size_t peak = 0;
  {
    const MemoryWatch watch;
    BOOST_TEST(watch.peak() == before);
    {
      const Recording recording;
      Tensor y = variable(x);
      for (int i = 0; i < 10; ++i) y = tanh(y);  // each keeps its result
      (void)backward(sum(y));
    }
    peak = watch.peak();
    BOOST_TEST(peak >= before + 10 * one);
    BOOST_TEST(peak <= before + 13 * one * 5 / 4);
    BOOST_TEST(MemoryWatch::largest_peak() == peak);
    const MemoryWatch inner;
    BOOST_TEST(inner.peak() <= before + one);  // begins with what is held now
    BOOST_TEST(MemoryWatch::largest_peak() == peak);
  }
  BOOST_TEST(!inspected());
  BOOST_TEST(MemoryWatch::largest_peak() == 0u);
}

BOOST_AUTO_TEST_CASE(the_report_has_the_watchs_peak_and_prints_it) {
  Net net;
  init(net, {.seed = 1});
  Optimizer optimizer = adam(0.01);
  const Tensor x = uniform({1000, 64}, -1, 1, {.seed = 2});
  const std::string quiet = cinta::memory_report(net, optimizer).text();
  BOOST_TEST(quiet.find("peak") == quiet.npos);
  const MemoryWatch watch;
  {
    const Training training;
    optimizer.step(net, backward(mean(square(net(x)))));
  }
  const MemoryReport report = cinta::memory_report(net, optimizer);
  BOOST_TEST(report.peak == watch.peak());
  BOOST_TEST(report.working_peak() >= 4u * 1000 * 128);
  BOOST_TEST(report.working_peak() < report.peak);
  MemoryReport shown;
  shown.parameters = 33796;
  shown.optimizer_state = 999;
  shown.other = 1'234'567;
  shown.pooled = 2'000'000'000;
  shown.peak = 5'000'000;
  BOOST_TEST(shown.text() ==
             "parameters                             33.8 kB\n"
             "optimizer state                          999 B\n"
             "data and other tensors                  1.2 MB\n"
             "pool, to be used again                  2.0 GB\n"
             "peak of all tensors                     5.0 MB\n"
             "  of it activations and gradients       3.7 MB\n");
}

BOOST_AUTO_TEST_CASE(what_another_thread_has_freed_is_pooled_and_not_in_use) {
  const std::size_t before = memory_use().in_use, size = std::size_t{4} << 18;
  Tensor made_here = ones({1 << 18});
  std::size_t inside = 0, held = 0;
  std::jthread([&] {
    { const Tensor made_there = ones({1 << 18}); }
    held = memory_use().in_use;
    made_here = Tensor();  // freed there, into a pool that was never taken from
    inside = memory_use().in_use;
  }).join();
  BOOST_TEST(held >= before + size);
  BOOST_TEST(held < before + 2 * size);
  BOOST_TEST(inside < before + size);
  BOOST_TEST(memory_use().in_use == before);
}

BOOST_AUTO_TEST_CASE(what_a_thread_only_frees_is_at_hand_for_others) {
  const auto allocated = [] { return memory_use().in_use + memory_use().pooled; };
  release_pooled_memory();
  const std::size_t before = allocated();
  Tensor made_here = ones({1 << 18});
  BOOST_TEST(allocated() >= before + (std::size_t{4} << 18));
  const void* memory = made_here.raw();
  std::jthread([&] { made_here = Tensor(); }).join();
  BOOST_TEST(empty({1 << 18}).raw() == memory);
  release_pooled_memory();
  BOOST_TEST(allocated() == before);
}

BOOST_AUTO_TEST_SUITE_END()
