// expect: cinta's kernels give wrong results under -ffast-math
// flags: -march=x86-64-v3 -ffast-math
#include <cinta/ops/map.hpp>
