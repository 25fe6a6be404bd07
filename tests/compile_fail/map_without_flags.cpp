// expect: cinta's kernels need AVX2 and FMA: compile this file with -march=x86-64-v3 or above
#include <cinta/ops/map.hpp>
