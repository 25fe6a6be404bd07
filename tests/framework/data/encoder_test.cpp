#include "encoder_support.hpp"

#include <random>

using namespace cinta;
using namespace cinta::encoder_tests;

BOOST_AUTO_TEST_SUITE(encoder)

BOOST_AUTO_TEST_CASE(the_athletes_of_the_lesson_become_the_numbers_that_it_teaches) {
  const Table t = table(athletes);
  const Encoder e = Encoder::fit(t, "Promedio", {.ordered = {{"Consumo", {"Bajo", "Medio", "Alto"}}}});
  check_equal(e.feature_names(), {"Es hombre", "Edad", "Realiza ejercicio", "Consumo"});
  BOOST_TEST(e.task() == Task::regression);
  const Tensor x = e.features(t, f64), y = e.targets(t, f64);
  check_equal(column(x, 0), {1, 0, 1, 1, 0, 1, 0});
  const double age = 186.0 / 7, ages = std::sqrt((625 + 900 + 484 + 784 + 1225 + 400 + 676) / 7.0 - age * age);
  check_close(column(x, 1), {(25 - age) / ages, (30 - age) / ages, (22 - age) / ages, (28 - age) / ages,
                             (35 - age) / ages, (20 - age) / ages, (26 - age) / ages});
  const double d = std::sqrt(4 / 7.0);  // ranks 2 1 0 2 0 1 1: mean 1, two of each end
  check_close(column(x, 3), {1 / d, 0, -1 / d, 1 / d, -1 / d, 0, 0});
  check_close(column(e.decode(y)), {8.5, 7.2, 8.9, 7.8, 6.5, 8.2, 7.0});
  double sum = 0, squares = 0;
  for (const double v : column(y)) sum += v, squares += v * v;
  BOOST_TEST(std::abs(sum) < 1e-12);
  BOOST_TEST(std::abs(squares - 7) < 1e-12);
}

BOOST_AUTO_TEST_CASE(categories_without_an_order_become_a_feature_each) {
  const Table t = table("c,y\nb,1.5\na,2.5\nñ,3\nb,0.5\n");
  const Encoder e = Encoder::fit(t, "y");
  check_equal(e.feature_names(), {"c=a", "c=b", "c=ñ"});
  const Tensor x = e.features(t);
  BOOST_TEST(x.dtype() == f32);
  check_equal(column(x, 0), {0, 1, 0, 0});
  check_equal(column(x, 1), {1, 0, 0, 1});
  check_equal(column(x, 2), {0, 0, 1, 0});
}

BOOST_AUTO_TEST_CASE(the_churn_table_has_the_columns_of_the_reference) {
  const Table t = dataset("telco_churn");
  const Encoder e = Encoder::fit(t, "churn");
  BOOST_TEST(e.feature_count() == 41);  // 40, and one that says where total_charges is missing
  BOOST_TEST(e.task() == Task::binary);
  BOOST_TEST(e.positive_label() == "Yes");
  BOOST_TEST(e.outputs() == 1);
  const Batch b = e.encode(t);
  BOOST_TEST(b.x.shape() == (Shape{7043, 41}));
  BOOST_TEST(b.y.shape() == (Shape{7043, 1}));
  double leavers = 0;
  for (const float v : b.y.span<float>()) leavers += v;
  BOOST_TEST(leavers == 1869);
  const EncodingReport report = e.report(t);
  BOOST_REQUIRE(report.columns.size() == 1u);
  BOOST_TEST(report.columns[0].name == "total_charges");
  BOOST_TEST(report.imputed() == 11);
  BOOST_TEST(report.unseen() == 0);
  const auto names = e.feature_names();
  const auto at = std::find(names.begin(), names.end(), "total_charges is missing") - names.begin();
  double missing = 0;
  for (const double v : column(b.x, at)) missing += v;
  BOOST_TEST(missing == 11);
}

BOOST_AUTO_TEST_CASE(nothing_is_learned_from_other_rows_than_those_given) {
  const Table t = table("n,c,b,y\n1,a,no,1.5\n3,b,yes,2.5\n99,z,,3.5\n,a,no,9\n");
  const std::vector<std::int64_t> train{0, 1};
  const Encoder e = Encoder::fit(t, "y", {}, train), same = Encoder::fit(t.select(train), "y");
  BOOST_TEST(e.to_json() == same.to_json());
  check_equal(e.feature_names(), {"n", "c=a", "c=b", "b"});
  BOOST_TEST(e.columns()[0].mean == 2);
  BOOST_TEST(e.columns()[0].deviation == 1);
  const Tensor x = e.features(t, f64);
  check_equal(column(x, 0), {-1, 1, 97, 0});
  check_equal(column(x, 1), {1, 0, 0, 1});
  check_equal(column(x, 2), {0, 1, 0, 0});
  check_equal(column(x, 3), {0, 1, 0.5, 0});
  const EncodingReport report = e.report(t);
  BOOST_TEST(report.imputed() == 2);
  BOOST_TEST(report.unseen() == 1);
  BOOST_REQUIRE(report.columns.size() == 3u);
  BOOST_TEST(report.columns[1].name == "c");
  BOOST_TEST(report.columns[1].unseen.at("z") == 1);
  BOOST_TEST(e.report(t.select(train)).columns.empty());
}

BOOST_AUTO_TEST_CASE(cells_missing_in_training_have_a_feature_that_says_so) {
  const Table t = table("n,c,b,o,y\n1,a,no,lo,1.5\n,b,yes,hi,2.5\n3,,yes,,3.5\n5,a,,lo,9\n");
  const Encoder e = Encoder::fit(t, "y", {.ordered = {{"o", {"lo", "hi"}}}});
  check_equal(e.feature_names(),
              {"n", "n is missing", "c=a", "c=b", "c is missing", "b", "b is missing", "o", "o is missing"});
  const Tensor x = e.features(t, f64);
  check_equal(column(x, 1), {0, 1, 0, 0});
  BOOST_TEST(x(1, 0) == 0.0);  // the mean
  check_equal(column(x, 2), {1, 0, 0, 1});
  check_equal(column(x, 3), {0, 1, 0, 0});
  check_equal(column(x, 4), {0, 0, 1, 0});
  check_close(column(x, 5), {0, 1, 1, 2.0 / 3});
  check_equal(column(x, 6), {0, 0, 0, 1});
  BOOST_TEST(x(2, 7) == 0.0);
  check_equal(column(x, 8), {0, 0, 1, 0});
}

BOOST_AUTO_TEST_CASE(a_constant_column_becomes_zero_and_stays_so) {
  const Table t = table("k,n,y\n0.1,1,1.5\n0.1,2,2.5\n0.1,3,3.5\n");
  const Encoder e = Encoder::fit(t, "y");
  check_equal(column(e.features(t), 0), {0, 0, 0});
  check_equal(column(e.features(table("k,n\n7,1\n,2\n")), 0), {0, 0});
}

BOOST_AUTO_TEST_CASE(large_offsets_and_magnitudes_are_standardised_exactly) {
  const auto encoded = [](const std::string& cells) {
    const Table t = table("n,y\n" + cells);
    return column(Encoder::fit(t, "y").features(t, f64), 0);
  };
  const std::vector<double> expected{-std::sqrt(1.5), 0, std::sqrt(1.5)};
  check_close(encoded("1000000001,1.5\n1000000002,2\n1000000003,3\n"), expected);
  check_close(encoded("1e300,1.5\n2e300,2\n3e300,3\n"), expected);
  check_close(encoded("1e-300,1.5\n2e-300,2\n3e-300,3\n"), expected);
  BOOST_TEST(refusal([&] { encoded("-1e308,1.5\n0,2\n1e308,3\n"); }) ==
             "t.csv: column \"n\": its numbers, from -1e+308 to 1e+308, are too far apart for a double");
}

BOOST_AUTO_TEST_CASE(the_task_is_inferred_from_the_target) {
  BOOST_TEST(task_of("yes no yes") == Task::binary);
  BOOST_TEST(task_of("0 1 1") == Task::binary);
  BOOST_TEST(task_of("a b a") == Task::binary);
  BOOST_TEST(task_of("a b c") == Task::multiclass);
  BOOST_TEST(task_of("1 2 2 1 1 2") == Task::binary);
  BOOST_TEST(task_of("3 1 2 1 2 3 1 2 3") == Task::multiclass);
  BOOST_TEST(task_of("3 1 2 1 2 3 1 2 7") == Task::regression);  // a label has several rows
  BOOST_TEST(task_of("3 1 2 1 2 3 1 2 3 7 7") == Task::regression);
  BOOST_TEST(task_of("0.5 1 0.5 1 0.5 1") == Task::regression);
  BOOST_TEST(task_of("4 4 4") == Task::regression);
  std::string twenty, twenty_one;
  for (int i = 0; i < 60; ++i) twenty += std::to_string(i % 20) + " ";
  for (int i = 0; i < 63; ++i) twenty_one += std::to_string(i % 21) + " ";
  BOOST_TEST(task_of(twenty) == Task::multiclass);
  BOOST_TEST(task_of(twenty_one) == Task::regression);
  for (const auto& [name, target, task] : {std::tuple{"telco_churn", "churn", Task::binary},
                                           {"breast_cancer", "target", Task::binary},
                                           {"iris", "target", Task::multiclass},
                                           {"wine", "target", Task::multiclass},
                                           {"digits", "target", Task::multiclass},
                                           {"diabetes", "target", Task::regression},
                                           {"longley", "employed", Task::regression}})
    BOOST_TEST(infer_task(dataset(name).column(target)) == task, name);
}

BOOST_AUTO_TEST_CASE(whole_numbers_can_be_classes_in_the_order_of_their_size) {
  const Table t = dataset("digits");
  const Encoder e = Encoder::fit(t, "target");
  check_equal(e.classes(), {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  BOOST_TEST(e.outputs() == 10);
  const Tensor y = e.targets(t);
  BOOST_TEST(y.dtype() == i32);
  BOOST_TEST(y.shape() == Shape{1797});
  check_equal(column(y), t.column("target").values);
  BOOST_REQUIRE(e.notes().size() == 1u);
  BOOST_TEST(e.notes()[0] ==
             "the 10 whole numbers of the target \"target\" are taken for classes; for a regression, give "
             "the task regression");
  const Encoder other = Encoder::fit(t, "target", {.task = Task::regression});
  BOOST_TEST(other.notes().empty());
  BOOST_TEST(other.targets(t).shape() == (Shape{1797, 1}));
  BOOST_TEST(other.classes().empty());
  check_equal(Encoder::fit(table("x,y\n1,10\n2,9\n3,-1\n"), "y", {.task = Task::multiclass}).classes(),
              {"-1", "9", "10"});
}

BOOST_AUTO_TEST_CASE(the_positive_class_is_the_second_unless_it_is_chosen) {
  const Table t = dataset("breast_cancer");
  const Encoder e = Encoder::fit(t, "target"), benign = Encoder::fit(t, "target", {.positive = "benign"});
  BOOST_TEST(e.positive_label() == "malignant");
  BOOST_TEST(benign.positive_label() == "benign");
  const auto a = column(e.targets(t)), b = column(benign.targets(t));
  for (std::size_t i = 0; i < a.size(); ++i) BOOST_REQUIRE(a[i] + b[i] == 1);
  BOOST_TEST(a[0] == 1);
  BOOST_TEST(Encoder::fit(table("x,y\n1,true\n2,false\n"), "y").positive_label() == "true");
  BOOST_TEST(Encoder::fit(table("x,y\n1,sí\n2,no\n"), "y").positive_label() == "sí");
  BOOST_TEST(
      refusal<ValueError>([&] { Encoder::fit(t, "target", {.positive = "Benin"}); }) ==
      "the positive class \"Benin\" is none of the target's, \"benign\" and \"malignant\"; did you mean \"benign\"?");
}

BOOST_AUTO_TEST_CASE(yes_and_no_may_be_spelled_otherwise_later) {
  const Encoder e = Encoder::fit(table("b,n,y\nyes,1,No\nno,2,Yes\n"), "y");
  for (const std::string text :
       {"b,n,y\n1,1,0\n0,2,1\n", "b,n,y\nSí,1,no\nNo,2,sí\n", "n,y,b\n1,false,verdadero\n2,true,falso\n"}) {
    const Batch b = e.encode(table(text));
    check_equal(column(b.x, 0), {1, 0});
    check_equal(column(b.y), {0, 1});
  }
  const Encoder no = Encoder::fit(table("n,y\n1,No\n2,Yes\n"), "y", {.positive = "No"});
  check_equal(column(no.targets(table("n,y\n1,0\n2,1\n"))), {1, 0});
  check_equal(column(e.features(table("b,n\n1,1\n1,2\n")), 0), {1, 1});  // only ones: numbers, as a table reads them
}

BOOST_AUTO_TEST_CASE(a_column_is_read_as_it_was_in_training) {
  const Encoder e = Encoder::fit(table("c,n,y\n1,1,1.5\nx,2,2.5\nno,3,3\nyes,4,5\n"), "y");
  check_equal(e.feature_names(), {"c=1", "c=no", "c=x", "c=yes", "n"});
  check_equal(column(e.features(table("c,n\n1,0\n1,0\n")), 0), {1, 1});
  check_equal(column(e.features(table("c,n\nno,0\nyes,1\n")), 3), {0, 1});
  BOOST_TEST(refusal([&] { e.features(table("c,n\n1,1\nx,old\n")); }) == "t.csv:3: column \"n\": \"old\" is no number");
}

BOOST_AUTO_TEST_CASE(an_ordered_column_may_hold_numbers_and_counts_what_it_does_not_know) {
  const Encoder e = Encoder::fit(table("o,y\n1,1.5\n3,2\n2,3\n"), "y", {.ordered = {{"o", {"3", "2", "1"}}}});
  check_close(column(e.features(table("o\n3\n2\n1\n"), f64)), {-std::sqrt(1.5), 0, std::sqrt(1.5)});
  const Table odd = table("o\n4\n3\n\"\"\n");
  check_close(column(e.features(odd, f64)), {0, -std::sqrt(1.5), 0});
  BOOST_TEST(e.report(odd).unseen() == 1);
  BOOST_TEST(e.report(odd).columns[0].unseen.at("4") == 1);
  BOOST_TEST(e.report(odd).imputed() == 1);
}

BOOST_AUTO_TEST_CASE(targets_of_a_regression_may_keep_their_units) {
  const Table t = table("x,y\n1,10.5\n2,20\n3,30\n");
  const Encoder e = Encoder::fit(t, "y", {.standardize_target = false});
  check_equal(column(e.targets(t, f64)), {10.5, 20, 30});
  check_equal(column(e.decode(e.targets(t))), {10.5, 20, 30});
  const Encoder yes =
      Encoder::fit(table("x,y\n1,no\n2,yes\n"), "y", {.task = Task::regression, .standardize_target = false});
  check_equal(column(yes.targets(table("x,y\n1,no\n2,yes\n"))), {0, 1});
}

BOOST_AUTO_TEST_CASE(columns_without_a_cell_are_left_out_with_a_note) {
  const Table t = table("n,e,c,y\n1,,a,1.5\n2,NA,,2.5\n3,,b,4\n");
  const Encoder e = Encoder::fit(t, "y");
  check_equal(e.feature_names(), {"n", "c=a", "c=b", "c is missing"});
  check_equal(e.notes(), {"the column \"e\" is left out: all its cells are missing in the training part"});
  BOOST_TEST(Encoder::fit(table("n,c,y\n1,a,1.5\n2,,2.5\n3,b,4\n"), "y", {}, std::vector<std::int64_t>{1, 2})
                 .feature_count() == 3);
  check_equal(Encoder::fit(t, "y", {.drop = {"c", "e"}}).feature_names(), {"n"});
}

BOOST_AUTO_TEST_CASE(json_keeps_every_double_and_every_feature) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (int round = 0; round < 50; ++round) {
    std::string text = "n,b,c \"ñ\",o,y\n";
    for (int row = 0; row < 12; ++row)
      text += std::to_string(uniform(random) * std::pow(10, round % 7)) + (row % 3 ? ",yes," : ",no,") +
              std::string(row % 4 ? row % 2 ? "a\\b" : "é" : "") + (row % 2 ? ",lo," : ",hi,") +
              (round % 3 == 0   ? std::to_string(uniform(random))
               : round % 3 == 1 ? (row % 2 ? "p" : "q")
                                : std::string(1, static_cast<char>('p' + row % 3))) +
              "\n";
    const Table t = table(text);
    const Encoder e = Encoder::fit(t, "y", {.ordered = {{"o", {"lo", "hi"}}}}), back = Encoder::from_json(e.to_json());
    BOOST_TEST(back.to_json() == e.to_json());
    BOOST_TEST(back.columns()[0].mean == e.columns()[0].mean);
    BOOST_TEST(back.columns()[0].deviation == e.columns()[0].deviation);
    BOOST_TEST(equal_bytes(back.features(t, f64), e.features(t, f64)));
    BOOST_TEST(equal_bytes(back.targets(t, f64), e.targets(t, f64)));
    check_equal(back.feature_names(), e.feature_names());
    check_equal(back.classes(), e.classes());
    BOOST_TEST(back.task() == e.task());
  }
}

BOOST_AUTO_TEST_CASE(a_row_has_the_same_features_alone_and_among_others) {
  const Table t = dataset("telco_churn");
  const Encoder e = Encoder::fit(t, "churn");
  const Tensor all = e.features(t);
  for (const std::int64_t row : {0, 63, 64, 488, 7042})
    BOOST_TEST(equal_bytes(e.features(t.select(std::vector<std::int64_t>{row})), rows_between(all, row, row + 1)));
}

BOOST_AUTO_TEST_CASE(weights_are_a_column_of_their_own_and_no_feature) {
  const Table t = table("n,w,y\n1,0.5,u\n2,2,v\n3,0,u\n");
  const Encoder e = Encoder::fit(t, "y", {.weight = "w"});
  BOOST_TEST(e.feature_count() == 1);
  BOOST_TEST(*e.weight() == "w");
  BOOST_TEST(equal_bytes(e.weights(t), Tensor{0.5, 2, 0}));
  BOOST_TEST(equal_bytes(e.encode(t, f64).weight, tensor({0.5, 2, 0}, f64)));
  BOOST_TEST(!Encoder::fit(t, "y").encode(t).weight.defined());
  BOOST_TEST(e.features(table("n\n1\n")).defined());  // to predict, none is needed
  const Encoder back = Encoder::from_json(e.to_json());
  BOOST_TEST(back.to_json() == e.to_json());
  BOOST_TEST(equal_bytes(back.weights(t), e.weights(t)));
  // 0 and 1 are weights too, where they would be a boolean feature.
  BOOST_TEST(equal_bytes(e.weights(table("n,w,y\n1,0,u\n2,1,v\n")), Tensor{0, 1}));
}

BOOST_AUTO_TEST_SUITE_END()
