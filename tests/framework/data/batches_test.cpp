#include <boost/test/unit_test.hpp>

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random.hpp>
#include <cinta/framework/core/scope.hpp>
#include <cinta/framework/data/batches.hpp>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

using namespace cinta;

namespace {

/// Data whose every cell tells its row: x[r, c] = 10 r + c, y[r] = r.
Batch numbered(std::int64_t rows, std::int64_t columns = 3) {
  Batch data{empty({rows, columns}), empty({rows}, i32)};
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c)
      data.x.mutable_data<float>()[r * columns + c] = static_cast<float>(10 * r + c);
    data.y.mutable_data<std::int32_t>()[r] = static_cast<std::int32_t>(r);
  }
  return data;
}

using Numbers = std::vector<std::int64_t>;

Numbers numbers_of(const Tensor& y) {
  const auto span = y.span<std::int32_t>();
  return {span.begin(), span.end()};
}

/// The rows of each batch, and that inputs came with their targets.
std::vector<Numbers> rows_of_batches(const Batch& data, const BatchOptions& options) {
  std::vector<Numbers> out;
  for (const Batch& b : cinta::batches(data, options)) {
    out.push_back(numbers_of(b.y));
    BOOST_REQUIRE(b.x.shape()[0] == rows_of(b));
    for (std::int64_t i = 0; i < rows_of(b); ++i)
      for (std::int64_t c = 0; c < b.x.shape()[1]; ++c)
        BOOST_REQUIRE(b.x(i, c) ==
                      10.0 * static_cast<double>(out.back()[static_cast<std::size_t>(i)]) + static_cast<double>(c));
  }
  return out;
}

Numbers joined(const std::vector<Numbers>& parts) {
  Numbers out;
  for (const Numbers& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

Numbers first_numbers(std::int64_t n) {
  Numbers out(static_cast<std::size_t>(n));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

Numbers sorted(Numbers numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

template <class E, class Call> std::string refusal(Call call) {
  try {
    call();
  } catch (const E& error) {
    const std::string text = error.what();
    const auto colon = text.find(": ");
    BOOST_TEST(text.find("batches_test.cpp:") != text.npos);
    return text.substr(colon + 2);
  }
  return "accepted";
}

struct Pair {
  Tensor left, right;
  std::vector<Tensor> others;
  struct Inner {
    Tensor mask;
    double factor = 1;
  } inner;
  std::optional<Tensor> note;
  std::string name;
  std::int64_t epoch = -1;
};

}  // namespace

static_assert(BatchSourceLike<BatchSource<>> && BatchSourceLike<BatchSource<Pair>>);

BOOST_AUTO_TEST_SUITE(batches)

BOOST_AUTO_TEST_CASE(a_fixed_order_goes_through_the_rows_as_they_stand) {
  const auto found = rows_of_batches(numbered(10), {.size = 4, .epochs = 2, .shuffle = false});
  const std::vector<Numbers> epoch{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9}};
  BOOST_REQUIRE(found.size() == 6u);
  for (std::size_t i = 0; i < 6; ++i) BOOST_TEST(found[i] == epoch[i % 3], boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_epoch_has_every_row_once_in_an_order_of_its_own) {
  const auto found = rows_of_batches(numbered(1000), {.size = 64, .seed = 3, .epochs = 3});
  BOOST_REQUIRE(found.size() == 48u);
  std::set<Numbers> orders;
  for (std::size_t e = 0; e < 3; ++e) {
    const Numbers order =
        joined({found.begin() + 16 * static_cast<long>(e), found.begin() + 16 * static_cast<long>(e + 1)});
    BOOST_TEST(sorted(order) == first_numbers(1000), boost::test_tools::per_element());
    BOOST_TEST(order != first_numbers(1000));
    orders.insert(order);
  }
  BOOST_TEST(orders.size() == 3u);
}

BOOST_AUTO_TEST_CASE(the_order_is_a_function_of_seed_and_epoch) {
  const Batch data = numbered(100);
  const auto order = [&](std::uint64_t seed, std::int64_t epoch, std::int64_t size) {
    BatchSource<> source(data, {.size = size, .seed = seed});
    source.begin_epoch(epoch);
    Numbers out;
    while (const auto batch = source.next()) {
      const Numbers rows = numbers_of(batch->y);
      out.insert(out.end(), rows.begin(), rows.end());
    }
    return out;
  };
  BOOST_TEST(order(1, 5, 7) == order(1, 5, 7), boost::test_tools::per_element());
  BOOST_TEST(order(1, 5, 7) == order(1, 5, 32), boost::test_tools::per_element());
  BOOST_TEST(order(1, 5, 7) != order(1, 6, 7));
  BOOST_TEST(order(1, 5, 7) != order(2, 5, 7));
  const Numbers by_definition = shuffled_indices(1, stream_of("batches") + 5, 100);
  BOOST_TEST(order(1, 5, 7) == by_definition, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(shuffled_once_keeps_its_order) {
  const auto found = rows_of_batches(numbered(50), {.size = 20, .seed = 2, .epochs = 2, .order = Order::shuffled_once});
  BOOST_REQUIRE(found.size() == 6u);
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(found[i] == found[i + 3], boost::test_tools::per_element());
  BOOST_TEST(joined(found) != joined(rows_of_batches(numbered(50), {.size = 20, .epochs = 2, .shuffle = false})));
}

BOOST_AUTO_TEST_CASE(one_example_at_random_is_drawn_from_all_rows_each_time) {
  const BatchOptions options{.size = 1, .seed = 4, .epochs = 200, .order = Order::with_replacement};
  const Numbers found = joined(rows_of_batches(numbered(10), options));
  BOOST_REQUIRE(found.size() == 2000u);  // as many batches as an epoch of each row once has
  for (std::int64_t row = 0; row < 10; ++row) {
    const auto times = std::count(found.begin(), found.end(), row);
    BOOST_TEST((times > 140 && times < 260));  // 200 ± 4.5 standard deviations
  }
  bool twice = false;
  for (std::size_t e = 0; e < 200; ++e) {
    const std::set<std::int64_t> rows(found.begin() + 10 * static_cast<long>(e),
                                      found.begin() + 10 * static_cast<long>(e + 1));
    twice = twice || rows.size() < 10;
  }
  BOOST_TEST(twice);
}

BOOST_AUTO_TEST_CASE(draws_are_those_of_the_random_numbers) {
  const Numbers found =
      joined(rows_of_batches(numbered(1300), {.size = 1, .seed = 9, .order = Order::with_replacement}));
  BOOST_REQUIRE(found.size() == 1300u);
  for (std::uint64_t i = 0; i < 1300; ++i)
    BOOST_REQUIRE(found[i] == static_cast<std::int64_t>(random_below(9, stream_of("batches"), i, 1300)));
}

BOOST_AUTO_TEST_CASE(batches_drawn_with_replacement_are_all_full) {
  for (const auto& rows : rows_of_batches(numbered(10), {.size = 4, .order = Order::with_replacement}))
    BOOST_TEST(rows.size() == 4u);
  BOOST_TEST(rows_of_batches(numbered(10), {.size = full_batch, .order = Order::with_replacement})[0] !=
             first_numbers(10));
}

BOOST_AUTO_TEST_CASE(all_rows_at_once_are_not_copied) {
  const Batch data = numbered(10);
  for (const BatchOptions& options :
       {BatchOptions{.size = full_batch}, {.size = 10}, {.size = 64}, {.size = full_batch, .shuffle = false}}) {
    int count = 0;
    for (const Batch& b : cinta::batches(data, options)) {
      BOOST_TEST(b.x.storage() == data.x.storage());
      BOOST_TEST(rows_of(b) == 10);
      ++count;
    }
    BOOST_TEST(count == 1);
  }
}

BOOST_AUTO_TEST_CASE(drop_last_leaves_out_what_is_not_full) {
  const Batch data = numbered(10);
  BOOST_TEST(rows_of_batches(data, {.size = 4, .drop_last = true}).size() == 2u);
  BOOST_TEST(rows_of_batches(data, {.size = 5, .drop_last = true}).size() == 2u);
  BOOST_TEST(rows_of_batches(data,
                             {
                                 .size = 7,
                                 .drop_last = true,
                             })
                 .front()
                 .size() == 7u);
  BOOST_TEST(BatchSource<>(data, {.size = 4, .drop_last = true}).batches_per_epoch() == 2);
  BOOST_TEST(BatchSource<>(data, {.size = 4}).batches_per_epoch() == 3);
}

BOOST_AUTO_TEST_CASE(a_batch_knows_its_epoch_and_its_place) {
  std::vector<std::int64_t> found;
  for (const Batch& b : cinta::batches(numbered(5), {.size = 2, .epochs = 2})) {
    found.push_back(10 * b.epoch + b.index);
    BOOST_TEST(b.first_row == 0);
  }
  BOOST_TEST(found == (Numbers{0, 1, 2, 10, 11, 12}), boost::test_tools::per_element());
  int none = 0;
  for ([[maybe_unused]] const Batch& b : cinta::batches(numbered(5), {.epochs = 0})) ++none;
  BOOST_TEST(none == 0);
}

BOOST_AUTO_TEST_CASE(an_epoch_can_begin_at_any_batch) {
  for (const Order order : {Order::reshuffled, Order::with_replacement, Order::fixed}) {
    BatchSource<> whole(numbered(30), {.size = 4, .order = order}), rest(numbered(30), {.size = 4, .order = order});
    whole.begin_epoch(7);
    for (int i = 0; i < 5; ++i) whole.next();
    rest.begin_epoch(7, 5);
    for (int i = 5; i < 8; ++i) {
      const auto expected = whole.next(), found = rest.next();
      BOOST_REQUIRE((expected && found));
      BOOST_TEST(equal_bytes(expected->x, found->x));
      BOOST_TEST(found->index == i);
    }
    BOOST_TEST(!whole.next().has_value());
    BOOST_TEST(!rest.next().has_value());
    BOOST_TEST(!rest.next().has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_kept_is_not_overwritten) {
  std::vector<Batch> kept;
  for (const Batch& b : cinta::batches(numbered(12), {.size = 4, .shuffle = false})) kept.push_back(b);
  BOOST_REQUIRE(kept.size() == 3u);
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(numbers_of(kept[i].y).front() == 4 * static_cast<std::int64_t>(i));
}

BOOST_AUTO_TEST_CASE(buffers_are_used_again) {
  std::set<const void*> buffers;
  for (const Batch& b : cinta::batches(numbered(100), {.size = 10, .epochs = 3})) buffers.insert(b.x.raw());
  BOOST_TEST(buffers.size() == 1u);
  const MemoryUse before = memory_use();
  for ([[maybe_unused]] const Batch& b : cinta::batches(numbered(100), {.size = 7, .epochs = 3})) {}
  const MemoryUse middle = memory_use();
  for ([[maybe_unused]] const Batch& b : cinta::batches(numbered(100), {.size = 7, .epochs = 30})) {}
  const MemoryUse after = memory_use();
  BOOST_TEST(before.in_use == middle.in_use);
  BOOST_TEST(middle.in_use + middle.pooled == after.in_use + after.pooled);
}

BOOST_AUTO_TEST_CASE(data_written_by_their_owner_later_do_not_change_batches) {
  Batch data = numbered(6);
  const std::span<float> owner = data.x.mutable_span<float>();
  BatchSource<> source(data, {.size = 6});
  owner[0] = 99;
  BOOST_TEST(source.next()->x(0, 0) == 0.0);
}

BOOST_AUTO_TEST_CASE(weights_and_other_types_come_along) {
  Batch data = numbered(9);
  data.x = data.x.to(f64);
  data.weight = Tensor{0, 1, 2, 3, 4, 5, 6, 7, 8};
  int rows = 0;
  for (const Batch& b : cinta::batches(data, {.size = 4, .seed = 5})) {
    BOOST_TEST((b.x.dtype() == f64));
    for (std::int64_t i = 0; i < rows_of(b); ++i, ++rows) {
      BOOST_TEST(b.weight(i) == b.y(i));
      BOOST_TEST(b.x(i, 2) == 10 * b.y(i) + 2);
    }
  }
  BOOST_TEST(rows == 9);
  for (const Batch& b : cinta::batches({data.x})) BOOST_TEST((!b.y.defined() && !b.weight.defined()));
}

BOOST_AUTO_TEST_CASE(any_aggregate_of_tensors_is_a_batch) {
  const Batch d = numbered(10);
  Pair data;
  data.left = d.x;
  data.right = d.y;
  data.others = {d.y, d.x};
  data.inner.mask = d.y;
  data.inner.factor = 0.5;
  data.note = d.y;
  data.name = "pairs";
  BOOST_TEST(rows_of(data) == 10);
  int count = 0;
  for (const Pair& b : cinta::batches(data, {.size = 4, .seed = 6, .epochs = 2})) {
    const Numbers expected = numbers_of(b.right);
    BOOST_TEST(numbers_of(b.others[0]) == expected, boost::test_tools::per_element());
    BOOST_TEST(numbers_of(b.inner.mask) == expected, boost::test_tools::per_element());
    BOOST_TEST(numbers_of(*b.note) == expected, boost::test_tools::per_element());
    BOOST_TEST(equal_bytes(b.left, b.others[1]));
    BOOST_TEST((b.inner.factor == 0.5 && b.name == "pairs" && b.epoch == count / 3));
    ++count;
  }
  BOOST_TEST(count == 6);
  const Pair part = rows(data, 2, 5);
  BOOST_TEST(numbers_of(part.inner.mask) == (Numbers{2, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(rows_of(part) == 3);
}

BOOST_AUTO_TEST_CASE(a_part_of_a_batch_is_its_rows_and_knows_where_it_begins) {
  const Batch data = numbered(10);
  const Batch part = rows(data, 3, 7), inner = rows(part, 1, 3);
  BOOST_TEST(numbers_of(part.y) == (Numbers{3, 4, 5, 6}), boost::test_tools::per_element());
  BOOST_TEST(part.x(3, 2) == 62.0);
  BOOST_TEST(part.first_row == 3);
  BOOST_TEST(inner.first_row == 4);
  BOOST_TEST(numbers_of(inner.y) == (Numbers{4, 5}), boost::test_tools::per_element());
  BOOST_TEST(rows_of(rows(data, 4, 4)) == 0);
  BOOST_TEST(rows(data, 0, 10).x.storage() == data.x.storage());
  const Numbers picked{9, 0, 9};
  BOOST_TEST(numbers_of(rows(data, picked).y) == picked, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(large_rows_are_gathered_whole_with_any_number_of_threads) {
  for (const std::int64_t columns : {1, 2, 5, 784}) {
    const std::int64_t n = 3'000'000 / (columns + 1);
    Batch data{empty({n, columns}), {}};
    std::iota(data.x.mutable_data<float>(), data.x.mutable_data<float>() + data.x.size(), 0.0f);
    const Numbers order = shuffled_indices(1, 2, n);
    for (const int threads : {1, 2}) {
      set_num_threads(threads);
      const Tensor found = rows(data, order).x, middle = rows(data, 1, n - 1).x;
      const float* const in = data.x.data<float>();
      bool same = std::equal(middle.data<float>(), middle.data<float>() + middle.size(), in + columns);
      for (std::int64_t i = 0; i < n; ++i)
        same = same &&
               std::equal(in + order[static_cast<std::size_t>(i)] * columns,
                          in + (order[static_cast<std::size_t>(i)] + 1) * columns, found.data<float>() + i * columns);
      BOOST_TEST(same);
    }
  }
}

BOOST_AUTO_TEST_CASE(data_that_do_not_fit_together_are_told) {
  const Tensor x{{1}, {2}}, three{1, 2, 3};
  BOOST_TEST(refusal<ShapeError>([&] {
               rows_of(Batch{x, three});
             }) == "the \"x\" of the batch has 2 rows and its \"y\" 3");
  BOOST_TEST(refusal<ShapeError>([&] {
               rows_of(Batch{x, x, scalar(1)});
             }) == "the \"weight\" of a batch is a scalar; it has one row for each example");
  BOOST_TEST(refusal<ShapeError>([&] { rows_of(Batch{}); }) == "the batch holds no tensor");
  BOOST_TEST(refusal<ShapeError>([&] {
               cinta::batches({x, three});
             }) == "the \"x\" of the batch has 2 rows and its \"y\" 3");
  BOOST_TEST(refusal<DataError>([&] { cinta::batches({empty({0, 3})}); }) == "the data have no rows");
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_told) {
  const Batch data = numbered(10);
  const auto told = [&](const BatchOptions& options) {
    return refusal<ValueError>([&] { cinta::batches(data, options); });
  };
  BOOST_TEST(told({.size = 0}) == "a batch of 0 rows was asked for; it has at least 1");
  BOOST_TEST(told({.size = -1}) == "a batch of -1 rows was asked for; it has at least 1");
  BOOST_TEST(told({.epochs = -1}) == "-1 epochs were asked for");
  BOOST_TEST(told({.size = 11, .drop_last = true}) == "drop_last leaves no batch: 10 rows do not fill one of 11");
  BOOST_TEST(told({.size = full_batch, .drop_last = true}) == "accepted");
  BOOST_TEST(told({.shuffle = false, .order = Order::with_replacement}) ==
             "the order of the rows is said to be random, and shuffle to be false");
  const std::string range = refusal<ValueError>([&] { rows(data, 3, 11); });
  BOOST_TEST(range == "the rows 3 to 11 of 10 were asked for");
  BOOST_TEST(refusal<ValueError>([&] { rows(data, -1, 2); }) == "the rows -1 to 2 of 10 were asked for");
  BOOST_TEST(refusal<ValueError>([&] { rows(data, 3, 2); }) == "the rows 3 to 2 of 10 were asked for");
  for (const std::int64_t bad : {-1, 10})
    BOOST_TEST(refusal<DataError>([&] {
                 rows(data, Numbers{0, bad});
               }) == "no row " + std::to_string(bad) + " among 10 (the first is 0)");
}

BOOST_AUTO_TEST_SUITE_END()
