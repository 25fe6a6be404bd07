// What a network's last layer means for each task.
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

BOOST_AUTO_TEST_SUITE_END()
