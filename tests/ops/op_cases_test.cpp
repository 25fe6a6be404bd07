// Every row of the table of ops: values in f64 and f32 against the reference, gradients against finite differences.
#include "../op_cases.hpp"

#include <cinta/ops/gradcheck.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace cinta;

namespace {

// The largest error relative to 1 + |expected|; infinite when shapes differ.
double error_of(const Tensor& got, const Tensor& expected) {
  if (!(got.shape() == expected.shape())) return INFINITY;
  const Tensor a = convert(got, f64), b = convert(expected, f64);
  double worst = 0;
  for (std::int64_t k = 0; k < a.size(); ++k) {
    const double error = std::fabs(a.data<double>()[k] - b.data<double>()[k]) / (1 + std::fabs(b.data<double>()[k]));
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

Tensor reference_at(const OpCase& c, const std::vector<Tensor>& inputs) {
  std::vector<Tensor> in_f64;
  for (const Tensor& x : inputs) in_f64.push_back(convert(x, f64));
  return c.reference(in_f64);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(op_cases)

BOOST_AUTO_TEST_CASE(values_in_f64_are_the_references) {
  for (const OpCase& c : cinta::op_cases()) {
    const auto x = inputs_of(c, f64);
    BOOST_TEST(error_of(c.run(x), c.reference(x)) <= 1e-14, c.name);
  }
}

BOOST_AUTO_TEST_CASE(values_in_f32_are_the_references_rounded) {
  for (const OpCase& c : cinta::op_cases()) {
    const auto x = inputs_of(c, f32);
    BOOST_TEST(error_of(c.run(x), reference_at(c, x)) <= c.f32_tolerance, c.name);
  }
}

BOOST_AUTO_TEST_CASE(gradients_of_orders_1_and_2_are_finite_differences) {
  for (const OpCase& c : cinta::op_cases()) {
    if (c.order == 0) continue;
    const GradcheckResult r = gradcheck(c.run, inputs_of(c, f64), {.order = c.order});
    BOOST_TEST(r.passed, c.name << ": " << r.message);
  }
}

BOOST_AUTO_TEST_CASE(gradients_in_f32_are_those_in_f64_rounded) {
  for (const OpCase& c : cinta::op_cases()) {
    if (c.order == 0) continue;
    const auto gradients = [&](Dtype dtype) {
      const Recording recording;
      std::vector<Tensor> x;
      for (const Tensor& t : inputs_of(c, f32)) x.push_back(variable(convert(t, dtype)));
      const Tensor y = sum(c.run(x));
      std::vector<Tensor> g;
      if (y.recorded()) g = grad(y, x, {.allow_unused = true});
      return g;
    };
    const auto narrow = gradients(f32), wide = gradients(f64);
    for (std::size_t i = 0; i < narrow.size(); ++i)
      BOOST_TEST(error_of(narrow[i], wide[i]) <= 1e-5, c.name << " input " << i);
  }
}

BOOST_AUTO_TEST_CASE(an_op_records_only_where_a_scope_does) {
  for (const OpCase& c : cinta::op_cases()) {
    const auto x = inputs_of(c, f64);
    BOOST_TEST(!c.run(x).recorded(), c.name);
    const Recording recording;
    BOOST_TEST(!c.run(x).recorded(), c.name);
    std::vector<Tensor> leaves;
    for (const Tensor& t : x) leaves.push_back(variable(t));
    const Evaluation evaluation;
    BOOST_TEST(!c.run(leaves).recorded(), c.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
