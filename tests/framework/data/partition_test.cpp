#include <boost/test/unit_test.hpp>

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/data/partition.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

using namespace cinta;

namespace {

using Numbers = std::vector<std::int64_t>;

/// Whether each of n rows stands in exactly one part.
bool covers(const Partition& p, std::int64_t n) {
  Numbers all;
  for (const Numbers* part : {&p.train, &p.valid, &p.test}) all.insert(all.end(), part->begin(), part->end());
  std::sort(all.begin(), all.end());
  Numbers expected(static_cast<std::size_t>(n));
  std::iota(expected.begin(), expected.end(), 0);
  return all == expected;
}

std::int64_t count(const Numbers& part, const std::vector<std::int32_t>& classes, std::int32_t c) {
  return std::count_if(part.begin(), part.end(),
                       [&](std::int64_t row) { return classes[static_cast<std::size_t>(row)] == c; });
}

template <class E, class Call> std::string refusal(Call call) {
  try {
    call();
  } catch (const E& error) {
    const std::string text = error.what();
    const auto start = text.find("partition_test.cpp:");
    return start == text.npos ? text : text.substr(text.find(": ", start) + 2);
  }
  return "accepted";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(partition)

BOOST_AUTO_TEST_CASE(each_row_is_dealt_once_and_the_parts_have_their_sizes) {
  for (const std::int64_t n : {10, 11, 99, 1000}) {
    const Partition p = cinta::partition(n, {.valid = 0.1, .test = 0.25, .seed = 1});
    BOOST_TEST(covers(p, n));
    BOOST_TEST(static_cast<double>(p.test.size()) == std::round(0.25 * static_cast<double>(n)));
    BOOST_TEST(static_cast<double>(p.valid.size()) == std::round(0.1 * static_cast<double>(n)));
    BOOST_TEST(p.notes.empty());
  }
  BOOST_TEST(cinta::partition(10, {.valid = 0, .test = 0}).train.size() == 10u);
}

BOOST_AUTO_TEST_CASE(the_parts_are_a_function_of_the_seed_and_in_random_order) {
  const Partition a = cinta::partition(100, {.seed = 1}), b = cinta::partition(100, {.seed = 1});
  BOOST_TEST((a.train == b.train && a.valid == b.valid && a.test == b.test));
  BOOST_TEST(a.test != cinta::partition(100, {.seed = 2}).test);
  for (const Numbers* part : {&a.train, &a.valid, &a.test}) BOOST_TEST(!std::is_sorted(part->begin(), part->end()));
}

BOOST_AUTO_TEST_CASE(a_stratified_part_has_each_class_in_its_share_to_within_a_row) {
  std::vector<std::int32_t> classes;
  for (const auto& [c, rows] : std::map<int, int>{{-3, 7}, {0, 23}, {1, 501}, {8, 69}})
    classes.insert(classes.end(), static_cast<std::size_t>(rows), c);
  for (const double fraction : {0.1, 0.2, 0.33}) {
    const Partition p = cinta::partition(classes, {.valid = fraction, .test = fraction, .seed = 4});
    BOOST_TEST(covers(p, 600));
    BOOST_TEST(static_cast<double>(p.test.size()) == std::round(600 * fraction));
    BOOST_TEST(static_cast<double>(p.valid.size()) == std::round(600 * fraction));
    for (const int c : {-3, 0, 1, 8}) {
      const double share = fraction * static_cast<double>(std::count(classes.begin(), classes.end(), c));
      BOOST_TEST(std::abs(static_cast<double>(count(p.test, classes, c)) - share) < 1);
      BOOST_TEST(std::abs(static_cast<double>(count(p.valid, classes, c)) - share) < 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(largest_remainders_get_the_rows_that_are_left_over) {
  std::vector<std::int32_t> classes;
  for (const int c : {0, 1, 2}) classes.insert(classes.end(), c == 0 ? 47u : c == 1 ? 16u : 37u, c);
  const Partition p = cinta::partition(classes, {.valid = 0, .test = 0.1});  // quotas 4.7, 1.6, 3.7 of 10
  BOOST_TEST(count(p.test, classes, 0) == 5);
  BOOST_TEST(count(p.test, classes, 1) == 1);
  BOOST_TEST(count(p.test, classes, 2) == 4);
}

BOOST_AUTO_TEST_CASE(rows_of_a_class_are_chosen_at_random) {
  std::vector<int> times(20);
  const std::vector<std::int32_t> classes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  for (std::uint64_t seed = 0; seed < 1000; ++seed)
    for (const std::int64_t row : cinta::partition(classes, {.valid = 0, .test = 0.2, .seed = seed}).test)
      ++times[static_cast<std::size_t>(row)];
  for (const int t : times) BOOST_TEST((t > 140 && t < 260));  // 200 ± 4.7 standard deviations
}

BOOST_AUTO_TEST_CASE(a_class_too_small_for_every_part_is_in_training_and_told) {
  std::vector<std::int32_t> classes(60, 0);
  classes[7] = 1;
  const std::vector<std::string> names{"common", "rare"};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Partition p = cinta::partition(classes, {.valid = 0.4, .test = 0.4, .seed = seed}, names);
    BOOST_TEST(count(p.train, classes, 1) == 1);
    BOOST_REQUIRE(p.notes.size() == 1u);
    BOOST_TEST(p.notes[0] == "the class \"rare\" has 1 row and does not stand in all 3 parts");
  }
  classes[8] = -5;
  BOOST_TEST(cinta::partition(classes).notes[0] == "the class -5 has 1 row and does not stand in all 3 parts");
  BOOST_TEST(cinta::partition(classes, {.stratified = false}).notes.empty());
}

BOOST_AUTO_TEST_CASE(random_small_cases_keep_every_promise) {
  for (int round = 0; round < 2000; ++round) {
    const int n = 3 + round % 40, kinds = 1 + round % 7;
    std::vector<std::int32_t> classes;
    for (int i = 0; i < n; ++i) classes.push_back((i * i * 31 + round * i) % kinds);
    const double valid = (round % 5) * 0.11, test = (round % 4) * 0.17;
    try {
      const Partition p =
          cinta::partition(classes, {.valid = valid, .test = test, .seed = static_cast<std::uint64_t>(round)});
      BOOST_REQUIRE(covers(p, n));
      BOOST_REQUIRE(static_cast<std::int64_t>(p.test.size()) == std::llround(test * n));
      BOOST_REQUIRE(static_cast<std::int64_t>(p.valid.size()) == std::llround(valid * n));
      std::vector<std::int32_t> distinct(classes);
      std::sort(distinct.begin(), distinct.end());
      distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
      if (p.train.size() < distinct.size()) continue;
      for (const std::int32_t c : distinct) BOOST_REQUIRE(count(p.train, classes, c) > 0);
    } catch (const DataError&) {
      BOOST_REQUIRE(((valid > 0 && valid * n < 0.5) || (test > 0 && test * n < 0.5)));
    }
  }
}

BOOST_AUTO_TEST_CASE(targets_are_stratified_when_they_are_classes) {
  const Tensor indices =
      tensor(std::span<const std::int32_t>(std::vector<std::int32_t>{0, 0, 0, 0, 0, 2, 2, 2, 2, 2}), {10});
  const Tensor labels{{0}, {1}, {1}, {1}, {1}, {1}, {0}, {0}, {0}, {0}};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const Tensor& targets : {indices, labels}) {
      const Partition p = cinta::partition(targets, {.valid = 0, .test = 0.4, .seed = seed});
      double sum = 0;
      for (const std::int64_t row : p.test) sum += targets.rank() == 1 ? targets(row) / 2 : targets(row, 0);
      BOOST_TEST(sum == 2);
    }
  }
  BOOST_TEST(covers(cinta::partition(Tensor{{0.5, 1}, {2, 3}, {4, 5}, {4, 5}}, {.valid = 0, .test = 0.25}), 4));
  BOOST_TEST(refusal<ShapeError>([] { cinta::partition(scalar(1)); }) ==
             "partition: the targets are a scalar; there is one for each row");
}

BOOST_AUTO_TEST_CASE(the_churn_table_keeps_its_share_of_leavers) {
  const Table churn = read_csv(CINTA_SOURCE_DIR "/datasets/telco_churn.csv");
  const Partition p = cinta::partition(churn, "churn", {.seed = 1});
  BOOST_TEST(covers(p, 7043));
  const std::vector<double>& leaves = churn.column("churn").values;
  const auto leavers = [&](const Numbers& part) {
    double sum = 0;
    for (const std::int64_t row : part) sum += leaves[static_cast<std::size_t>(row)];
    return sum;
  };
  BOOST_TEST(p.test.size() == 1409u);
  BOOST_TEST(leavers(p.test) == 374);  // 1409 · 1869 / 7043 = 373.9
  BOOST_TEST(leavers(p.valid) == 374);
  BOOST_TEST(leavers(p.train) == 1121);
  BOOST_TEST(refusal<DataError>([&] {
               cinta::partition(churn, "chrun");
             }).ends_with("no column \"chrun\"; did you mean \"churn\"?"));
}

BOOST_AUTO_TEST_CASE(a_missing_target_is_named_by_its_lines) {
  const Table table = parse_csv("x,y\n1,a\n2,\n3,b\n4,NA\n", "t.csv");
  BOOST_TEST(refusal<DataError>([&] { cinta::partition(table, "y"); }) ==
             "t.csv: the target \"y\" is missing in 2 rows: lines 3, 5");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_dealt_is_told) {
  const auto value = [](PartitionOptions options) {
    return refusal<ValueError>([&] { cinta::partition(100, options); });
  };
  BOOST_TEST(value({.valid = 1}) == "partition: the fraction valid = 1 is not in [0, 1)");
  BOOST_TEST(value({.test = -0.1}) == "partition: the fraction test = -0.1 is not in [0, 1)");
  BOOST_TEST(value({.test = std::numeric_limits<double>::quiet_NaN()}) ==
             "partition: the fraction test = nan is not in [0, 1)");
  BOOST_TEST(value({.valid = 0.6, .test = 0.5}) == "partition: valid = 0.6 and test = 0.5 leave nothing to train on");
  const auto data = [](std::int64_t n, PartitionOptions options) {
    return refusal<DataError>([&] { cinta::partition(n, options); });
  };
  BOOST_TEST(data(4, {.valid = 0, .test = 0.1}) == "partition: test = 0.1 of 4 rows is no row");
  BOOST_TEST(data(4, {.valid = 0.1, .test = 0}) == "partition: valid = 0.1 of 4 rows is no row");
  BOOST_TEST(data(2, {.valid = 0.4, .test = 0.4}) ==
             "partition: of 2 rows 1 are for validation and 1 for the test; none is left to train on");
  BOOST_TEST(data(0, {}) == "partition: there are no rows");
}

BOOST_AUTO_TEST_SUITE_END()
