// What a network's last layer means for each task.
#include <cinta/framework/core/scope.hpp>
#include <cinta/framework/core/tape.hpp>
#include <cinta/models/task_head.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace {

using namespace cinta;
using models::output_activation;
using models::TaskLoss;

}  // namespace

BOOST_AUTO_TEST_SUITE(task_head)

BOOST_AUTO_TEST_CASE(each_task_has_its_loss) {
  const Tensor logits{{0.5}, {-2}}, y{{1}, {0}}, three{{1, 2, 3}, {0, -1, 4}}, classes = tensor({2, 0}, i32);
  BOOST_TEST(equal_bytes(TaskLoss{Task::regression}(logits, y).value, MeanSquaredError{}(logits, y).value));
  BOOST_TEST(equal_bytes(TaskLoss{Task::binary}(logits, y).value, BinaryCrossEntropy{}(logits, y).value));
  BOOST_TEST(equal_bytes(TaskLoss{Task::multiclass}(three, classes).value, CrossEntropy{}(three, classes).value));
}

BOOST_AUTO_TEST_CASE(each_task_has_its_output) {
  const Tensor logits = tensor({{0.5}, {-2}}, f64), three = tensor({{1, 2, 3}, {0, -1, 4}}, f64);
  BOOST_TEST(equal_bytes(output_activation(Task::regression, logits), logits));
  const Tensor p = output_activation(Task::binary, logits);
  BOOST_TEST(p(0, 0) == 1 / (1 + std::exp(-0.5)), boost::test_tools::tolerance(1e-14));
  const Tensor q = output_activation(Task::multiclass, three);
  BOOST_TEST(q(0, 1) == std::exp(2.0) / (std::exp(1.0) + std::exp(2.0) + std::exp(3.0)),
             boost::test_tools::tolerance(1e-14));
  BOOST_TEST(q(1, 0) + q(1, 1) + q(1, 2) == 1, boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(the_perceptrons_loss_has_the_gradient_of_its_rule) {
  // (ŷ − y) x, a tie counting as class 1: rows with u = −1, 2, 0, 0 and labels 1, 0, 0, 1.
  const TaskLoss loss{Task::binary, models::ModelKind::perceptron};
  const Tensor y{{1}, {0}, {0}, {1}};
  Training training({.seed = 1});
  const Tensor u = variable(Tensor{{-1}, {2}, {0}, {0}});
  const PerExample value = loss(u, y);
  BOOST_TEST(equal_bytes(value.value.detach(), Tensor{1, 2, 0, 0}));
  const Gradients g = backward(sum(value));
  BOOST_TEST(equal_bytes(g[u], Tensor{{-1}, {1}, {1}, {0}}));
  BOOST_TEST(equal_bytes(output_activation(Task::binary, u.detach(), models::ModelKind::perceptron),
                         Tensor{{0}, {1}, {1}, {1}}));
}

BOOST_AUTO_TEST_CASE(class_weights_reach_the_losses) {
  const Tensor logits{{0.5}, {-2}}, y{{1}, {0}}, three{{1, 2, 3}, {0, -1, 4}}, classes = tensor({2, 0}, i32);
  BOOST_TEST(equal_bytes(TaskLoss{Task::binary, {}, Tensor{1, 3}}(logits, y).weight, Tensor{3, 1}));
  BOOST_TEST(equal_bytes(TaskLoss{Task::multiclass, {}, Tensor{5, 1, 2}}(three, classes).weight, Tensor{2, 5}));
}

BOOST_AUTO_TEST_CASE(a_kind_of_model_goes_by_its_name) {
  for (const char* name : {"mlp", "linear", "logistic", "perceptron"})
    BOOST_TEST(to_string(models::model_kind_named(name)) == name);
  try {
    models::model_kind_named("logstic");
    BOOST_ERROR("found");
  } catch (const ValueError& e) {
    BOOST_TEST(e.what() ==
               "there is no model \"logstic\"; it is one of mlp, linear, logistic, perceptron; did you mean "
               "\"logistic\"?");
  }
}

BOOST_AUTO_TEST_SUITE_END()
