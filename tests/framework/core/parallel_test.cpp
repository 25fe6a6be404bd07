// Parallel loops: every index once, the lowest error, and the same bits with any number of threads.
#include "core_support.hpp"

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/storage.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace cinta;
using namespace std::chrono_literals;

namespace {

// Sets the number of threads until the end of a block.
class Threads {
 public:
  explicit Threads(int n) : before_(num_threads()) { set_num_threads(n); }
  ~Threads() { set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(parallel)

BOOST_AUTO_TEST_CASE(every_index_runs_once) {
  for (const int threads : {1, 2, 3}) {
    const Threads set(threads);
    BOOST_TEST(num_threads() == threads);
    for (const std::int64_t n : {0, 1, 2, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(n));
      parallel_for(n, [&](std::int64_t i) { ++runs[static_cast<std::size_t>(i)]; });
      for (const auto& r : runs) BOOST_TEST(r == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(several_threads_take_part) {
  const Threads set(2);
  std::atomic<int> arrived{0};
  parallel_for(2, [&](std::int64_t) {  // each index waits for the other
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  BOOST_TEST(arrived == 2);
}

BOOST_AUTO_TEST_CASE(several_threads_take_part_however_long_after_the_loop_before) {
  const Threads set(3);
  for (const auto pause : {0us, 50us, 150us, 200us, 250us, 5000us})
    for (int repeat = 0; repeat < 20; ++repeat) {
      std::atomic<int> arrived{0};
      parallel_for(3, [&](std::int64_t) {
        ++arrived;
        while (arrived < 3) std::this_thread::yield();
      });
      BOOST_TEST(arrived == 3);
      std::this_thread::sleep_for(pause);
    }
}

BOOST_AUTO_TEST_CASE(helpers_of_more_threads_stay_out_of_a_loop_of_fewer) {
  std::atomic<int> running{0}, most{0};
  const auto count = [&](std::int64_t) {
    const int now = ++running;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {}
    std::this_thread::sleep_for(20us);
    --running;
  };
  for (int repeat = 0; repeat < 20; ++repeat) {
    const Threads more(4);
    parallel_for(16, count);
    const Threads fewer(2);
    most = 0;
    parallel_for(16, count);
    BOOST_TEST(most <= 2);
  }
}

BOOST_AUTO_TEST_CASE(threads_have_loops_of_their_own_at_once) {
  const Threads set(2);
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> owners;
    for (int owner = 0; owner < 4; ++owner)
      owners.emplace_back([&wrong] {
        for (std::int64_t n = 1; n <= 200; ++n) {
          std::atomic<std::int64_t> sum{0};
          parallel_for(n, [&](std::int64_t i) { sum += i; });
          if (sum != n * (n - 1) / 2) ++wrong;
        }
      });
  }
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(chunks_cover_the_range_and_depend_on_the_problem_alone) {
  for (const int threads : {1, 2, 3}) {
    const Threads set(threads);
    std::vector<std::atomic<std::int64_t>> end_of(103);
    parallel_chunks(103, 10,
                    [&](std::int64_t begin, std::int64_t end) { end_of[static_cast<std::size_t>(begin)] = end; });
    for (std::int64_t b = 0; b < 103; ++b)
      BOOST_TEST(end_of[static_cast<std::size_t>(b)] == (b % 10 != 0 ? 0 : std::min<std::int64_t>(b + 10, 103)));
  }
  bool ran = false;
  parallel_chunks(0, 10, [&](std::int64_t, std::int64_t) { ran = true; });
  BOOST_TEST(!ran);
}

BOOST_AUTO_TEST_CASE(of_several_exceptions_the_lowest_index_is_thrown) {
  for (const int threads : {1, 2, 3}) {
    const Threads set(threads);
    for (int repeat = 0; repeat < 50; ++repeat) {
      const std::string s = sentence_of<std::runtime_error>([] {
        parallel_for(64, [](std::int64_t i) {
          if (i % 7 == 3) throw std::runtime_error(std::to_string(i));
        });
      });
      BOOST_TEST(s == "3");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_loop_inside_a_loop_runs) {
  const Threads set(2);
  std::atomic<int> runs{0};
  parallel_for(8, [&](std::int64_t) { parallel_for(8, [&](std::int64_t) { ++runs; }); });
  BOOST_TEST(runs == 64);
}

BOOST_AUTO_TEST_CASE(results_have_equal_bytes_for_1_2_and_3_threads) {
  const Tensor x = uniform({1000, 300}, -1, 1, {.seed = 1}), w = uniform({300, 70}, -1, 1, {.seed = 2}),
               row = uniform({300}, -1, 1, {.seed = 3});
  const auto results = [&](int threads) {
    const Threads set(threads);
    const Recording recording;
    const Tensor a = variable(x), b = variable(w), c = variable(row);
    const Tensor h = tanh(matmul(a * c + exp(a), b));
    const Tensor loss = sum(logsumexp(h, 1)) + sum(a) + sum(sum(h, 0) * sum(h, 0));
    const Gradients g = backward(loss);
    return std::vector<Tensor>{loss.detach(), h.detach(), g[a], g[b], g[c]};
  };
  const std::vector<Tensor> one = results(1);
  for (const int threads : {2, 3}) {
    const std::vector<Tensor> many = results(threads);
    for (std::size_t i = 0; i < one.size(); ++i)
      BOOST_TEST(equal_bytes(one[i], many[i]), threads << " threads, result " << i);
  }
}

BOOST_AUTO_TEST_CASE(the_number_of_threads_is_checked) {
  BOOST_TEST(contains(sentence_of<ValueError>([] { set_num_threads(0); }), "0 is not from 1 to 1024"));
  BOOST_CHECK_THROW(set_num_threads(1025), ValueError);
}

BOOST_AUTO_TEST_CASE(the_number_of_threads_may_change_while_others_compute) {
  const Threads restored(num_threads());
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  {
    const std::jthread owner([&] {
      while (!done) {
        std::atomic<std::int64_t> sum{0};
        parallel_for(32, [&](std::int64_t i) {
          if (i == 5) parallel_for(4, [&](std::int64_t k) { sum += k; });
          sum += i;
        });
        if (sum != 496 + 6) ++wrong;
      }
    });
    for (int i = 0; i < 300; ++i) {
      set_num_threads(1 + i % 4);
      std::this_thread::sleep_for(50us);
    }
    done = true;
  }
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(a_loop_inside_a_loop_may_be_of_more_threads) {
  std::atomic<int> runs{0};
  for (int repeat = 0; repeat < 20; ++repeat) {
    const Threads few(2);
    parallel_for(2, [&](std::int64_t i) {
      if (i == 0) set_num_threads(4);
      parallel_for(16, [&](std::int64_t) { ++runs; });
    });
  }
  BOOST_TEST(runs == 20 * 32);
}

BOOST_AUTO_TEST_CASE(a_thread_may_still_compute_while_it_ends) {
  struct Late {
    std::int64_t* sum = nullptr;
    ~Late() {
      if (sum != nullptr) parallel_for(100, [&](std::int64_t i) { __atomic_fetch_add(sum, i, __ATOMIC_RELAXED); });
    }
  };
  const Threads set(2);
  std::int64_t sum = 0;
  std::thread([&] {
    thread_local Late late;  // older than what the first loop makes, so it is destroyed after that
    late.sum = &sum;
    parallel_for(4, [](std::int64_t) {});
  }).join();
  BOOST_TEST(sum == 4950);
}

BOOST_AUTO_TEST_CASE(helpers_leave_their_pools_to_all) {
  const Threads set(3);
  release_pooled_memory();
  const std::size_t before = memory_use().pooled;
  std::atomic<int> arrived{0};
  parallel_for(3, [&](std::int64_t) {
    const Tensor t = empty({1 << 20});
    ++arrived;
    while (arrived < 3) std::this_thread::yield();
  });
  BOOST_TEST(memory_use().pooled - before >= 3u << 22);
  for (int i = 0; i < 1000 && memory_use().pooled > before; ++i) {  // 5 s at most
    std::this_thread::sleep_for(5ms);
    release_pooled_memory();
  }
  BOOST_TEST(memory_use().pooled <= before);
}

BOOST_AUTO_TEST_SUITE_END()
