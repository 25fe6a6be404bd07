// The fields of aggregates: counted, in order, with their names, for everything a field can be.
#include <cinta/framework/core/fields.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <any>
#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace {

using cinta::field_count;
using cinta::field_name;
using cinta::for_each_field;

template <class T> std::string names_of(T& aggregate) {
  std::string all;
  for_each_field(aggregate, [&](std::string_view name, auto&) { all += std::string(name) + ' '; });
  return all;
}

// What fields are made of.
struct Explicit {  // no default, explicit construction and copy
  explicit Explicit(int v) : value(v) {}
  explicit Explicit(const Explicit&) = default;
  int value;
};
struct Pinned {  // neither copied nor moved
  Pinned() = default;
  Pinned(const Pinned&) = delete;
};
struct TakesCopyable {  // greedy, but for what can be copied
  template <class U>
  requires(!std::is_same_v<U, TakesCopyable>) && std::is_copy_constructible_v<U> TakesCopyable(U) {}
};
struct Pair {
  int first;
  double second;
};
struct Deep {
  Pair pair;
  std::array<Pair, 2> pairs;
};
struct Nothing {};
enum class Colour { red };
union Either {
  int i;
  float f;
};

// clang-format off
// Structs of 1 to 64 fields f00…f77 (octal), whose types repeat with period 8.
#define FIELDS_1(d) int f##d##0{1};
#define FIELDS_2(d) FIELDS_1(d) Pair f##d##1{};
#define FIELDS_3(d) FIELDS_2(d) Explicit f##d##2{3};
#define FIELDS_4(d) FIELDS_3(d) std::array<int, 3> f##d##3{};
#define FIELDS_5(d) FIELDS_4(d) Pinned f##d##4{};
#define FIELDS_6(d) FIELDS_5(d) Nothing f##d##5{};
#define FIELDS_7(d) FIELDS_6(d) const bool f##d##6 = true;
#define FIELDS_8(d) FIELDS_7(d) Deep f##d##7{};
#define ROWS_0
#define ROWS_1 ROWS_0 FIELDS_8(0)
#define ROWS_2 ROWS_1 FIELDS_8(1)
#define ROWS_3 ROWS_2 FIELDS_8(2)
#define ROWS_4 ROWS_3 FIELDS_8(3)
#define ROWS_5 ROWS_4 FIELDS_8(4)
#define ROWS_6 ROWS_5 FIELDS_8(5)
#define ROWS_7 ROWS_6 FIELDS_8(6)
template <int N>
struct Sized;
#define SIZED(d, k) template <> struct Sized<8 * d + k> { ROWS_##d FIELDS_##k(d) };
#define SIZED_8(d) \
  SIZED(d, 1) SIZED(d, 2) SIZED(d, 3) SIZED(d, 4) SIZED(d, 5) SIZED(d, 6) SIZED(d, 7) SIZED(d, 8)
SIZED_8(0) SIZED_8(1) SIZED_8(2) SIZED_8(3) SIZED_8(4) SIZED_8(5) SIZED_8(6) SIZED_8(7)
    // clang-format on

    struct Seen {
  std::string names;
  std::vector<const void*> fields;
  void operator()(std::string_view name, const auto& field) { add(name, &field); }
  [[gnu::noinline]] void add(std::string_view name, const void* field) {
    names.append(name).append(" ");
    fields.push_back(field);
  }
};

// `seen` is what a walk over a struct of n fields at `owner` came by.
void check_seen(const Seen& seen, const void* owner, int n) {
  std::string expected;
  for (int i = 0; i < n; ++i) expected += std::string("f") + char('0' + i / 8) + char('0' + i % 8) + ' ';
  BOOST_TEST(seen.names == expected);
  BOOST_TEST(seen.fields.front() == owner);
  BOOST_TEST((std::adjacent_find(seen.fields.begin(), seen.fields.end(), std::greater_equal<>{}) ==
              seen.fields.end()));  // each field, in order of declaration
}

template <int N> void check_size() {
  static_assert(field_count<Sized<N>>() == N);
  Sized<N> sized;
  Seen seen;
  for_each_field(sized, seen);
  check_seen(seen, &sized, N);
}

template <class... Field> struct Many;
template <class A, class B> struct Many<A, B> {
  A weight;
  B bias;
};

namespace outer::inner {
struct Net {
  Explicit hidden{1};
  Many<Explicit, Nothing> block{Explicit{2}, {}};
  int out = 3;
};
}  // namespace outer::inner

struct Tag {};
struct Tagged : Tag {
  Explicit first{1};
  int second = 2;
};
struct OnlyTag : Tag {};

struct Copies {
  Explicit a{1};
  Pinned b;
  TakesCopyable c{1};
  std::mutex d;
  std::atomic<int> e{0};
  int f = 0;
};
struct NoDefaults {
  Explicit first;
  Explicit second;
};
struct DefaultThenNone {
  int a;
  std::vector<int> b;
  Explicit c;
  Pair d;
  Explicit e;
};
struct Containers {
  std::vector<Explicit> vector;
  std::optional<Explicit> optional;
  std::function<int(Explicit)> function;
  std::tuple<Pair, Explicit> tuple{Pair{}, Explicit{1}};
  std::variant<int, Explicit> variant;
  std::map<std::string, Pair> map;
  std::deque<bool> deque;
  std::any any;
  std::shared_ptr<Explicit> shared;
  std::array<std::array<Pair, 2>, 3> array;
};
struct Others {
  Colour colour;
  Either either;
  int (*function)(int);
  int Pair::*member;
  const char* text;
  [[no_unique_address]] Nothing nothing;
  alignas(64) double aligned;
  mutable int cache;
  decltype([](int x) { return x; }) lambda;
  Deep deep;
};
struct AnyFirst {
  std::any first;
  Explicit second;
  int third;
};
struct One {
  Explicit only;
};
struct OnePair {
  Pair only;
};
struct OneArray {
  std::array<int, 4> only;
};
struct List {
  std::vector<List> rest;
  int value;
};

struct Options {
  int epochs = 3;
  double rate = 0.5;
};
struct Constructed {
  Constructed() {}
};
struct HasReference {
  int a;
  const int& b;
};
struct HasArray {
  int a[2];
  int b;
};
struct HasBase : Options {
  int more;
};
struct TooMany {
  Sized<64> a;
  Sized<64> b;
};  // two fields

}  // namespace

BOOST_AUTO_TEST_SUITE(fields)

BOOST_AUTO_TEST_CASE(structs_of_1_to_64_fields_give_each_with_its_name_in_order) {
  [&]<int... I>(std::integer_sequence<int, I...>) { (check_size<I + 1>(), ...); }
  (std::make_integer_sequence<int, 64>{});
}

BOOST_AUTO_TEST_CASE(a_struct_without_fields_has_none) {
  Nothing nothing;
  BOOST_TEST(field_count<Nothing>() == 0);
  BOOST_TEST(names_of(nothing) == "");
  BOOST_TEST(field_count<OnlyTag>() == 0);
}

BOOST_AUTO_TEST_CASE(names_are_found_in_namespaces_templates_and_functions) {
  outer::inner::Net net;
  BOOST_TEST(names_of(net) == "hidden block out ");
  BOOST_TEST(names_of(net.block) == "weight bias ");
  struct Local {
    Explicit first{1};
    Many<int, int> second{};
  };
  Local local;
  BOOST_TEST(names_of(local) == "first second ");
  Many<Local, decltype([] { return 1; })> mixed{};
  BOOST_TEST(names_of(mixed) == "weight bias ");
  auto in_lambda = [] {
    struct Inner {
      std::string x_1;
      int _y;
    };
    return Inner{};
  }();
  BOOST_TEST(names_of(in_lambda) == "x_1 _y ");
  BOOST_TEST((field_name<outer::inner::Net, 1>() == "block"));
  static_assert(field_name<const outer::inner::Net, 2>() == "out");
}

BOOST_AUTO_TEST_CASE(fields_may_lack_defaults_copies_and_moves) {
  BOOST_TEST(field_count<Copies>() == 6);
  BOOST_TEST(field_count<NoDefaults>() == 2);
  BOOST_TEST(field_count<DefaultThenNone>() == 5);
  DefaultThenNone mixed{1, {}, Explicit{2}, {}, Explicit{3}};
  BOOST_TEST(names_of(mixed) == "a b c d e ");
}

BOOST_AUTO_TEST_CASE(standard_classes_count_as_one_field_each) {
  Containers containers;
  BOOST_TEST(names_of(containers) == "vector optional function tuple variant map deque any shared array ");
  AnyFirst any{{}, Explicit{1}, 2};
  BOOST_TEST(names_of(any) == "first second third ");
}

BOOST_AUTO_TEST_CASE(nested_aggregates_count_as_one_field_each) {
  BOOST_TEST(field_count<Deep>() == 2);
  BOOST_TEST(field_count<OnePair>() == 1);
  BOOST_TEST(field_count<OneArray>() == 1);
  BOOST_TEST(field_count<One>() == 1);
  BOOST_TEST(field_count<TooMany>() == 2);
  BOOST_TEST(field_count<List>() == 2);
}

BOOST_AUTO_TEST_CASE(enums_unions_pointers_and_empty_fields_are_fields) {
  Others others{};
  BOOST_TEST(names_of(others) == "colour either function member text nothing aligned cache lambda deep ");
}

BOOST_AUTO_TEST_CASE(a_base_without_fields_is_no_field) {
  Tagged tagged;
  BOOST_TEST(names_of(tagged) == "first second ");
  for_each_field(tagged, [](std::string_view, auto& field) {
    if constexpr (std::is_same_v<decltype(field), int&>) field = 7;
  });
  BOOST_TEST(tagged.second == 7);
}

BOOST_AUTO_TEST_CASE(fields_are_handed_out_themselves_and_const_when_the_owner_is) {
  Options options;
  for_each_field(options, [](std::string_view name, auto& field) {
    field = std::remove_reference_t<decltype(field)>(name == "epochs" ? 10 : 0.25);
  });
  BOOST_TEST(options.epochs == 10);
  BOOST_TEST(options.rate == 0.25);
  const Options fixed;
  double sum = 0;
  for_each_field(fixed, [&](std::string_view, auto& field) {
    static_assert(std::is_const_v<std::remove_reference_t<decltype(field)>>);
    sum += field;
  });
  BOOST_TEST(sum == 3.5);
}

BOOST_AUTO_TEST_CASE(fields_can_be_walked_at_compile_time) {
  constexpr double sum = [] {
    Options options;
    double total = 0;
    for_each_field(options, [&](std::string_view name, auto& field) { total += field * double(name.size()); });
    return total;
  }();
  BOOST_TEST(sum == 3 * 6 + 0.5 * 4);
}

BOOST_AUTO_TEST_CASE(the_concept_tells_what_can_be_read) {
  static_assert(cinta::Aggregate<Options> && cinta::Aggregate<const Tagged> && cinta::Aggregate<Nothing>);
  static_assert(!cinta::Aggregate<Constructed> && !cinta::Aggregate<HasReference> && !cinta::Aggregate<HasArray>);
  static_assert(!cinta::Aggregate<HasBase> && !cinta::Aggregate<int> && !cinta::Aggregate<int[3]>);
  static_assert(!cinta::Aggregate<Either> && !cinta::Aggregate<std::string>);
  BOOST_TEST(cinta::Aggregate<TooMany>);
}

BOOST_AUTO_TEST_SUITE_END()
