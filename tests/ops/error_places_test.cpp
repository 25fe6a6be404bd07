// An error names the file and line of the user's call: every public op, in one table.
#include "../framework/core/core_support.hpp"

#include <cinta/ops/map.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <vector>

using namespace cinta;

namespace {

struct Call {
  const char* text;
  int line;
  std::function<void()> run;
};

// A call on one line, with the line that its error should name.
#define CALL(expression)                              \
  Call {                                              \
#expression, __LINE__, [] { (void)(expression); } \
  }

const Tensor none, x{{1, 2}, {3, 4}}, odd{1, 2, 3}, index = tensor({5}, i32);
const Parameter raw(Shape{2, 2});
Tensor target{1, 2};

const std::vector<Call> calls{
    CALL(neg(none)),
    CALL(add(none, x)),
    CALL(sub(x, none)),
    CALL(mul(none, x)),
    CALL(div(x, none)),
    CALL(pow(none, x)),
    CALL(maximum(none, x)),
    CALL(minimum(x, none)),
    CALL(abs(none)),
    CALL(sign(none)),
    CALL(square(none)),
    CALL(-none),
    CALL(none + x),
    CALL(x - none),
    CALL(2 * none),
    CALL(none / 2),
    CALL(x + odd),
    CALL(x* raw),
    CALL(raw - 1),
    CALL(target += odd),
    CALL(target -= odd),
    CALL(target *= odd),
    CALL(target /= odd),
    CALL(sqrt(none)),
    CALL(exp(none)),
    CALL(expm1(none)),
    CALL(log(none)),
    CALL(log1p(none)),
    CALL(sin(none)),
    CALL(cos(none)),
    CALL(erf(none)),
    CALL(tanh(none)),
    CALL(sigmoid(none)),
    CALL(log_sigmoid(none)),
    CALL(softplus(none)),
    CALL(relu(none)),
    CALL(leaky_relu(none)),
    CALL(leaky_relu(x, none)),
    CALL(elu(none)),
    CALL(gelu(none)),
    CALL(gelu(none, {.tanh_approximation = true})),
    CALL(silu(none)),
    CALL(step(none)),
    CALL(clamp(none, 0, 1)),
    CALL(clamp(x, none, 1)),
    CALL(less(none, x)),
    CALL(less_equal(none, x)),
    CALL(greater(none, x)),
    CALL(greater_equal(none, x)),
    CALL(equal(none, x)),
    CALL(not_equal(none, x)),
    CALL(x < none),
    CALL(x <= odd),
    CALL(x > none),
    CALL(x >= odd),
    CALL(x == none),
    CALL(x != odd),
    CALL(isfinite(none)),
    CALL(logical_and(none, x)),
    CALL(logical_or(x, odd)),
    CALL(logical_xor(none, x)),
    CALL(logical_not(none)),
    CALL(x& odd),
    CALL(x | odd),
    CALL(x ^ odd),
    CALL(!none),
    CALL(select(none, x, x)),
    CALL(select(x, x, odd)),
    CALL(map([](auto a) { return a; }, none)),
    CALL(map([](auto a, auto b) { return a * b; }, x, odd)),

    CALL(sum(none)),
    CALL(sum(x, 2)),
    CALL(mean(none)),
    CALL(mean(x, {0, 0})),
    CALL(max(none)),
    CALL(max(x, -3)),
    CALL(min(none)),
    CALL(var(none)),
    CALL(logsumexp(none)),
    CALL(argmax(none)),
    CALL(argmax(x, 2)),
    CALL(argmin(none)),
    CALL(softmax(none)),
    CALL(softmax(x, 2)),
    CALL(log_softmax(none)),
    CALL(log_softmax(x, -3)),

    CALL(matmul(none, x)),
    CALL(matmul(x, odd)),
    CALL(linear(none, x)),
    CALL(linear(x, odd)),
    CALL(linear(x, x, odd)),
    CALL(linear(x, raw)),

    CALL(reshape(none, {1})),
    CALL(reshape(x, {3})),
    CALL(squeeze(none)),
    CALL(squeeze(x, 0)),
    CALL(unsqueeze(none, 0)),
    CALL(unsqueeze(x, 5)),
    CALL(transpose(none)),
    CALL(transpose(x, 0, 2)),
    CALL(permute(none, {0})),
    CALL(permute(x, {0, 0})),
    CALL(sum_to(none, {1})),
    CALL(sum_to(x, {3})),
    CALL(broadcast_to(none, {1})),
    CALL(broadcast_to(x, {3})),
    CALL(concat({x, none})),
    CALL(concat({x, odd})),
    CALL(concat({})),
    CALL(stack({x, none})),
    CALL(stack({x, odd})),
    CALL(slice(none, 0, 0, 1)),
    CALL(slice(x, 2, 0, 1)),
    CALL(slice(x, 0, 0, 1, {.step = 0})),

    CALL(index_select(none, index)),
    CALL(index_select(x, index)),
    CALL(index_select(x, odd)),
    CALL(gather(none, index)),
    CALL(gather(x, index)),
    CALL(scatter_add(none, index, {2})),
    CALL(scatter_add(odd, index, {2})),
    CALL(one_hot(none, 3)),
    CALL(one_hot(index, 3)),

    CALL(zeros_like(none)),
    CALL(ones_like(none)),
    CALL(full({1}, 0.5, i32)),
    CALL(arange(0, 1, 0)),
    CALL(linspace(0, 1, -1)),
    CALL(uniform({1}, 1, 0)),
    CALL(normal({1}, 0, -1)),
    CALL(bernoulli({1}, 2)),
    CALL(permutation(-1)),

    CALL(variable(x)),
    CALL(backward(x)),
    CALL(grad(x, {})),
    CALL(none.item()),
    CALL(x.item()),
    CALL(x.size(2)),
    CALL(x.span<double>()),
    CALL(target.mutable_span<double>()),
    CALL(none.to(f64)),
    CALL(raw.value()),
    CALL(Gradients()[x]),
    CALL(Gradients()[raw]),
};

}  // namespace

BOOST_AUTO_TEST_SUITE(error_places)

BOOST_AUTO_TEST_CASE(every_op_names_the_line_of_its_call) {
  for (const Call& call : calls) {
    const std::string s = sentence_of<Error>(call.run);
    BOOST_TEST(s.rfind(place(call.line), 0) == 0u, call.text << ": " << s);
  }
}

BOOST_AUTO_TEST_SUITE_END()
