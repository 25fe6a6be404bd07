// cinta doctor: what this program is and what it runs on.
#include "command.hpp"
#include "screen.hpp"

#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/parallel.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <thread>

namespace cinta::cli {
namespace {

#if defined(__clang__)
const std::string compiler = fmt::format("Clang {}", __clang_version__);
#else
const std::string compiler = fmt::format("GCC {}", __VERSION__);
#endif

void doctor(bool json) {
  const char* const kernels = isa() == Isa::v4   ? "x86-64-v4 (AVX-512)"
                              : isa() == Isa::v3 ? "x86-64-v3 (AVX2 and FMA)"
                                                 : "generic";
  if (json) {
    print_json({{"version", CINTA_VERSION},
                {"kernels", kernels},
                {"threads", num_threads()},
                {"processors", std::thread::hardware_concurrency()},
                {"compiler", compiler}});
    return;
  }
  fmt::print("cinta {}\n", CINTA_VERSION);
  fmt::print("kernels   {}\n", kernels);
  fmt::print("threads   {} of {} processors\n", num_threads(), std::thread::hardware_concurrency());
  fmt::print("compiler  {}\n", compiler);
}

}  // namespace

void add_doctor(CLI::App& program) {
  auto json = std::make_shared<bool>(false);
  CLI::App* c =
      program.add_subcommand("doctor", "Print the version, the instruction set in use and the number of threads");
  c->footer("Example:\n  cinta doctor --json");
  c->add_flag("--json", *json, "Print one JSON object instead of text");
  c->callback([json] { doctor(*json); });
}

}  // namespace cinta::cli
