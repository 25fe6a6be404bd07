// The history of a run, as a table.
#include <cinta/framework/train/history.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>

BOOST_AUTO_TEST_SUITE(history)

BOOST_AUTO_TEST_CASE(has_a_line_for_each_epoch_and_empty_cells_for_what_there_is_not) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  cinta::History history;
  BOOST_TEST(history.to_csv() == "epoch,loss,valid_loss,learning_rate,seconds\n");
  history.epochs = {{1, 0.5, 0.625, 0.001, 0.25}, {2, 1.0 / 3, none, none, 12.0006}};
  BOOST_TEST(history.to_csv() ==
             "epoch,loss,valid_loss,learning_rate,seconds\n"
             "1,0.5,0.625,0.001,0.250\n"
             "2,0.3333333333333333,,,12.001\n");
}

BOOST_AUTO_TEST_SUITE_END()
