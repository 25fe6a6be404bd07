#include <cinta/framework/core/isa.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace cinta {
namespace {

#if defined(__x86_64__)
Isa detected = Isa::v3;

// Before every other initialiser of the program, which may be compiled for x86-64-v3, in code compiled for the
// baseline.
[[gnu::constructor(101)]] void detect() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    std::fputs("cinta: this processor has no AVX2 and FMA (x86-64-v3), which Cinta needs\n", stderr);
    std::_Exit(1);
  }
  const char* wanted = std::getenv("CINTA_ISA");
  if (wanted == nullptr) wanted = "";
  if (std::strcmp(wanted, "v3") == 0) return;
  const bool v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  if (*wanted != '\0' && (!v4 || std::strcmp(wanted, "v4") != 0)) {
    std::fprintf(stderr, "cinta: CINTA_ISA is \"%s\", not one of this processor's, v3%s\n", wanted,
                 v4 ? " and v4" : "");
    std::_Exit(1);
  }
  if (v4) detected = Isa::v4;
}
#else
constexpr Isa detected = Isa::generic;
#endif

}  // namespace

Isa isa() { return detected; }

}  // namespace cinta
