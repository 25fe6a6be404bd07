// An epoch on Fashion-MNIST ends with the same parameters whatever the number of threads and the instruction set, and
// on every machine: their hash is written down here. Where Debian's dataset-fashion-mnist is not installed the test
// says so.
#include "program_support.hpp"

#include <cinta/framework/core/random.hpp>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

using namespace program_support;

constexpr std::uint64_t expected = 0xd0155b78b12c5990;  // FNV-1a of model.safetensors

}  // namespace

BOOST_AUTO_TEST_SUITE(fashion_mnist)

BOOST_AUTO_TEST_CASE(an_epoch_gives_the_bytes_written_down_here_for_1_2_and_3_threads) {
  if (!fs::exists("/usr/share/datasets/fashion-mnist")) {
    std::puts("fashion_mnist: skipped, for the package dataset-fashion-mnist is not installed");
    return;
  }
  const Workplace work;
  for (const char* threads : {"1", "2", "3"}) {
    if (std::string_view(threads) == "3") setenv("CINTA_ISA", "v3", 1);
    const Outcome outcome =
        work.run({"train", "--data", "fashion-mnist", "--model", "mlp", "--hidden", "512,512", "--epochs", "1",
                  "--seed", "1", "--threads", threads, "--out", work.path("model")});
    unsetenv("CINTA_ISA");
    BOOST_REQUIRE_MESSAGE(outcome.code == 0, outcome.error);
    const std::uint64_t hash = cinta::stream_of(work.read("model/model.safetensors"));
    BOOST_TEST(hash == expected, threads << " threads: the parameters hash to 0x" << std::hex << hash);
  }
}

BOOST_AUTO_TEST_SUITE_END()
