// The entry point of the test runner; every other file here holds a suite.
#define BOOST_TEST_MODULE cinta
#include <boost/test/unit_test.hpp>

#include <csignal>

namespace {
// A job that a script starts with & ignores Ctrl-C, and `fit` respects that; some tests are about Ctrl-C.
[[maybe_unused]] const auto before = std::signal(SIGINT, SIG_DFL);
}  // namespace
