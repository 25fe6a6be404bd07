// cinta doctor: what this program is and what it runs on.
#include "command.hpp"

#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/parallel.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <thread>

namespace cinta::cli {
namespace {

void doctor() {
  fmt::print("cinta {}\n", CINTA_VERSION);
  fmt::print("kernels   {}\n", isa() == Isa::v4 ? "x86-64-v4 (AVX-512)" : "x86-64-v3 (AVX2 and FMA)");
  fmt::print("threads   {} of {} processors\n", num_threads(), std::thread::hardware_concurrency());
#if defined(__clang__)
  fmt::print("compiler  Clang {}\n", __clang_version__);
#else
  fmt::print("compiler  GCC {}\n", __VERSION__);
#endif
}

}  // namespace

void add_doctor(CLI::App& program) {
  program.add_subcommand("doctor", "Print the version, the instruction set in use and the number of threads")
      ->callback(doctor);
}

}  // namespace cinta::cli
