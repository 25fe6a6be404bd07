// summary: the table of a model.
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/summary.hpp>

#include "nn_support.hpp"

namespace {

using namespace cinta;

struct Net {
  Linear hidden{30, 64};
  Linear out{64, 1};
  Buffer mean{zeros({30})};
};
struct Long {
  Linear a_name_that_goes_on_and_on_well_beyond_any_column_that_a_table_would_have_set_aside_for_it{1000, 1234};
  Linear x{1, 1};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(summary)

BOOST_AUTO_TEST_CASE(it_lists_names_shapes_and_totals) {
  Net net;
  init(net);
  freeze(net, "hidden.bias");
  BOOST_TEST(cinta::summary(net) ==
             "name           shape     elements\n"
             "-----------------------------------------\n"
             "hidden.weight  [30, 64]     1,920\n"
             "hidden.bias    [64]            64  frozen\n"
             "out.weight     [64, 1]         64\n"
             "out.bias       [1]              1\n"
             "mean           [30]            30  buffer\n"
             "-----------------------------------------\n"
             "2,049 parameters (8.2 kB): 1,985 trainable, 64 frozen; 30 in buffers\n");
}

BOOST_AUTO_TEST_CASE(long_names_widen_their_column) {
  Long net;
  const std::string text = cinta::summary(net);
  const std::string long_name =
      "a_name_that_goes_on_and_on_well_beyond_any_column_that_a_table_would_have_set_aside_for_it.weight";
  const auto line_of = [&](const std::string& start) {
    const std::size_t begin = text.find("\n" + start) + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  const std::string wide = line_of(long_name), narrow = line_of("x.weight");
  BOOST_TEST(wide == long_name + "  [1000, 1234]  1,234,000  not initialised");
  BOOST_TEST(narrow.find("[1, 1]") == wide.find("[1000, 1234]"));
  BOOST_TEST(narrow.size() == wide.size());
}

BOOST_AUTO_TEST_SUITE_END()
