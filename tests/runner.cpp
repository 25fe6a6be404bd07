// The entry point of the test runner; every other file here holds a suite.
#define BOOST_TEST_MODULE cinta
#include <boost/test/unit_test.hpp>
