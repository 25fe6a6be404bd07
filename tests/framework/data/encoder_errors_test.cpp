// What the encoder refuses, and how it is told.
#include "encoder_support.hpp"

#include <random>

using namespace cinta;
using namespace cinta::encoder_tests;

BOOST_AUTO_TEST_SUITE(encoder_errors)

BOOST_AUTO_TEST_CASE(json_that_is_no_encoder_is_one_sentence) {
  const auto told = [](std::string text) {
    return refusal<FileError>([&] { Encoder::from_json(text, "model/encoder.json"); });
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = Encoder::fit(table("n,c,y\n1,a,yes\n2,b,no\n"), "y").to_json();
    BOOST_REQUIRE(text.find(from) != text.npos);
    return told(text.replace(text.find(from), from.size(), to));
  };
  const std::string name = "model/encoder.json: ";
  BOOST_TEST(changed("cinta", "cinta") == "accepted");
  BOOST_TEST(told("") == name + "this is no JSON");
  BOOST_TEST(told("{\"format\": \"cinta") == name + "this is no JSON");
  BOOST_TEST(told(std::string(1'000'000, '[')) == name + "this is no JSON");
  BOOST_TEST(told(std::string(1'000'000, '[') + std::string(1'000'000, ']')) ==
             name + "an object with \"format\" should stand where there is none");
  BOOST_TEST(told("7") == name + "an object with \"format\" should stand where there is none");
  BOOST_TEST(told("{}") == name + "\"format\" is missing");
  BOOST_TEST(told("{\"format\": 1}") == name + "\"format\" is no text");
  BOOST_TEST(told("{\"format\": \"x\"}") == name + "the format is not \"cinta encoder\"");
  BOOST_TEST(changed("\"version\": 1", "\"version\": 2") ==
             name + "the encoder is of version 2; this program reads version 1");
  BOOST_TEST(changed("\"mean\": 1.5", "\"mean\": \"1.5\"") == name + "\"mean\" is no finite number");
  BOOST_TEST(changed("\"mean\": 1.5", "\"mean\": null") == name + "\"mean\" is no finite number");
  BOOST_TEST(changed("\"mean\": 1.5", "\"mean\": 1e999") == name + "this is no JSON");
  BOOST_TEST(changed("\"deviation\": 0.5", "\"deviation\": -0.5") == name + "a \"deviation\" is negative");
  BOOST_TEST(changed("\"deviation\"", "\"derivation\"") == name + "\"deviation\" is missing");
  BOOST_TEST(changed("\"kind\": \"number\"", "\"kind\": \"numbre\"") == name + "the kind \"numbre\" is unknown");
  BOOST_TEST(changed("\"task\": \"binary\"", "\"task\": \"unary\"") == name + "the task \"unary\" is unknown");
  BOOST_TEST(changed("\"indicator\": false", "\"indicator\": 0") == name + "\"indicator\" is neither true nor false");
  BOOST_TEST(changed("\"a\",", "\"b\",") == name + "\"b\" stands twice in \"levels\"");
  BOOST_TEST(changed("\"a\",", "3,") == name + "an item of \"levels\" is no text");
  BOOST_TEST(changed("\"levels\": [", "\"levels\": [], \"others\": [") == name + "the column \"c\" has too few levels");
  BOOST_TEST(changed("\"name\": \"c\"", "\"name\": \"n\"") == name + "two columns are named \"n\"");
  BOOST_TEST(changed("\"no\",", "") == name + "the target has 1 classes");
  BOOST_TEST(changed("\"no\",", "\"maybe\", \"no\",") == name + "the target has 3 classes");
  BOOST_TEST(changed("\"no\",", "\"true\",") == name + "the classes \"true\" and \"yes\" are no yes and no");
  BOOST_TEST(told("{\"format\":\"cinta "
                  "encoder\",\"version\":1,\"target\":{\"name\":\"y\",\"task\":\"regression\",\"type\":\"numeric\","
                  "\"mean\":0,\"deviation\":1},\"columns\":[]}") == name + "\"columns\" is empty");
}

BOOST_AUTO_TEST_CASE(damaged_json_gives_an_encoder_or_a_sentence_and_nothing_else) {
  const Table t = table("n,c,b,y\n1,a,no,yes\n2,b,yes,no\n,,,no\n");
  const std::string sound = Encoder::fit(t, "y").to_json();
  for (std::size_t size = 0; size < sound.find_last_of('}'); ++size)
    BOOST_CHECK_THROW(Encoder::from_json(sound.substr(0, size)), FileError);
  std::mt19937 random(2);
  int read = 0, refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = sound;
    for (unsigned k = 1 + random() % 3; k > 0; --k)
      text[random() % text.size()] = "\"{}[],:0-9ae\xC3\n \\"[random() % 17];
    try {
      const Encoder e = Encoder::from_json(text);
      ++read;
      e.features(t);
      e.targets(t);
    } catch (const FileError&) {
      ++refused;
    } catch (const DataError&) {  // of another column or class
    }
  }
  BOOST_TEST(read > 100);
  BOOST_TEST(refused > 100);
}

BOOST_AUTO_TEST_CASE(a_column_of_numbers_with_a_word_is_refused_unless_its_meaning_is_given) {
  std::string text = "x,y,z\n";
  for (int i = 0; i < 20; ++i)
    text += (i == 4 ? "old" : std::to_string(i)) + (i % 2 == 0 ? ",a," : ",b,") + (i == 6 ? "new\n" : "1\n");
  const auto told = [&](const char* target, EncoderOptions options, const CsvOptions& csv = {}) {
    return refusal<MixedColumn>([&] { Encoder::fit(table(text, csv), target, options); });
  };
  const std::string ending = "; mend it, leave it empty where nothing is known, or declare the column categorical";
  const std::string x = "t.csv:6: column \"x\": \"old\" is no number, and 19 of the column's 20 cells are" + ending;
  BOOST_TEST(told("y", {.drop = {"z"}}) == x);
  BOOST_TEST(told("y", {.drop = {"x"}}) ==
             "t.csv:8: column \"z\": \"new\" is no number, and 19 of the column's 20 cells are" + ending);
  BOOST_TEST(told("x", {.drop = {"z"}}) == x);
  BOOST_TEST(told("x", {.task = Task::multiclass, .drop = {"z"}}) == "accepted");
  BOOST_TEST(told("y", {.ordered = {{"z", {"1", "new"}}}, .drop = {"x"}}) == "accepted");
  BOOST_TEST(told("y", {.drop = {"x"}}, {.types = {{"z", ColumnType::categorical}}}) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_target_that_cannot_be_learned_is_told) {
  const auto told = [](const std::string& text, const char* target, const EncoderOptions& options = {}) {
    return refusal([&] { Encoder::fit(table(text), target, options); });
  };
  BOOST_TEST(told("age,churn\n1,no\n", "chrn") == "t.csv: no column \"chrn\"; did you mean \"churn\"?");
  BOOST_TEST(told("x,y\n1,a\n2,\n3,b\n4,?\n", "y") == "t.csv: the target \"y\" is missing in 2 rows: lines 3, 5");
  BOOST_TEST(told("x,y\n1,a\n2,\n", "y") == "t.csv: the target \"y\" is missing in 1 row: line 3");
  BOOST_TEST(told("x,y\n1,\n1,\n1,\n1,\n1,\n1,\n", "y") ==
             "t.csv: the target \"y\" is missing in 6 rows: lines 2, 3, 4, 5, 6, …");
  BOOST_TEST(told("x,y\n1,a\n2,a\n", "y") ==
             "t.csv: the target \"y\" is \"a\" in every row: there is nothing to tell apart");
  BOOST_TEST(told("x,y\n1,no\n2,no\n", "y") ==
             "t.csv: the target \"y\" is \"no\" in every row: there is nothing to tell apart");
  BOOST_TEST(told("x,y\n1,5\n2,5\n", "y") == "t.csv: the target \"y\" is 5 in every row: there is nothing to learn");
  BOOST_TEST(told("x,y\n1,a\n2,b\n3,c\n", "y", {.task = Task::binary}) ==
             "t.csv: the target \"y\" has 3 classes, and the task is binary");
  BOOST_TEST(told("x,y\n1,5\n2,b\n", "y", {.task = Task::regression}) == "t.csv:3: column \"y\": \"b\" is no number");
  BOOST_TEST(told("x,y\n1,1\n2,2\n3,3\n", "y", {.task = Task::multiclass, .max_levels = 2}) ==
             "t.csv: the target \"y\" has 3 classes, more than max_levels = 2");
  BOOST_TEST(refusal([] { Encoder::fit(table("x,y\n1,2\n").select({}), "y"); }) ==
             "t.csv: an encoder is learned from rows, and there are none");
  BOOST_TEST(told("y\na\nb\n", "y") == "t.csv: no column is left to predict \"y\" from");
  BOOST_TEST(told("x,y\n,a\n,b\n", "y") == "t.csv: no column is left to predict \"y\" from");
}

BOOST_AUTO_TEST_CASE(features_that_cannot_be_used_are_told) {
  std::string ids = "id,n,y\n";
  for (int i = 0; i < 1001; ++i) {
    const std::string number = std::to_string(i);
    ids += std::string("c").append(number) + "," + number + (i % 2 ? ",yes\n" : ",no\n");
  }
  BOOST_TEST(refusal([&] { Encoder::fit(table(ids), "y"); }) ==
             "t.csv: column \"id\" has 1001 categories in 1001 rows; an identifier says nothing of other rows: leave "
             "it out (drop \"id\"), or raise max_levels above 1000");
  BOOST_TEST(Encoder::fit(table(ids), "y", {.drop = {"id"}}).feature_count() == 1);
  BOOST_TEST(Encoder::fit(table(ids), "y", {.max_levels = 1001}).feature_count() == 1002);
  const Table t = table("o,n,y\nlow,1,1.5\nmid,2,2\nhi,3,3\n");
  BOOST_TEST(refusal([&] {
               Encoder::fit(t, "y", {.ordered = {{"o", {"low", "midd", "hi"}}}});
             }) == "t.csv:3: column \"o\": \"mid\" is not in the order given for it; did you mean \"midd\"?");
  BOOST_TEST(refusal([&] {
               Encoder::fit(t, "y", {.ordered = {{"p", {"low", "hi"}}}});
             }).starts_with("t.csv: no column \"p\""));
  BOOST_TEST(refusal([&] { Encoder::fit(t, "y", {.drop = {"nn"}}); }) ==
             "t.csv: no column \"nn\"; did you mean \"n\"?");
}

BOOST_AUTO_TEST_CASE(options_that_contradict_themselves_are_told) {
  const Table t = table("o,n,y\na,1,1.5\nb,2,2\nc,3,3\n");
  const auto told = [&](const EncoderOptions& options) {
    return refusal<ValueError>([&] { Encoder::fit(t, "y", options); });
  };
  BOOST_TEST(told({.drop = {"y"}}) == "the target \"y\" can't be dropped");
  BOOST_TEST(told({.ordered = {{"o", {"a", "b"}}}, .drop = {"o"}}) == "the column \"o\" is both dropped and ordered");
  BOOST_TEST(told({.ordered = {{"y", {"a", "b"}}}}) == "the target \"y\" takes no order");
  BOOST_TEST(told({.ordered = {{"o", {"a"}}}}) == "the order of \"o\" has fewer than two categories");
  BOOST_TEST(told({.ordered = {{"o", {"a", "b", "a"}}}}) == "the order of \"o\" has \"a\" twice");
  BOOST_TEST(told({.task = Task::multiclass, .positive = "2"}) ==
             "a positive class was given, and the task is multiclass");
  BOOST_TEST(told({.positive = "2"}) == "a positive class was given, and the task is regression");
}

BOOST_AUTO_TEST_CASE(a_table_that_the_model_does_not_fit_is_told) {
  const Encoder e = Encoder::fit(table("age,plan,y\n30,a,u\n40,b,v\n50,a,w\n"), "y");
  BOOST_TEST(refusal([&] { e.features(table("aeg,plan\n1,a\n")); }) ==
             "t.csv: no column \"age\", which the model was trained with; did you mean \"aeg\"?");
  BOOST_TEST(refusal([&] {
               e.targets(table("age,plan\n1,a\n"));
             }).starts_with("t.csv: no column \"y\", which the model was trained with"));
  BOOST_TEST(refusal([&] { e.targets(table("y\nu\nx\n")); }) ==
             "t.csv:3: \"x\" is none of the 3 classes of \"y\" in the training part");
  BOOST_TEST(refusal([&] { e.targets(table("y,z\nu,1\n,2\n")); }) ==
             "t.csv: the target \"y\" is missing in 1 row: line 3");
  BOOST_TEST(refusal([&] { e.features(table("age,plan\n30,a\n1e300,a\n")); }) ==
             "t.csv:3: column \"age\": 1e+300 is too far from the 40 ± 8.16496580927726 of the training part");
  BOOST_TEST(e.features(table("age,plan\n1e300,a\n"), f64)(0, 0) > 1e298);
  BOOST_TEST(refusal<DtypeError>([&] { e.features(table("age,plan\n1,a\n"), i32); }) ==
             "features are f32 or f64, not i32");
  BOOST_TEST(refusal<ValueError>([&] { e.decode(Tensor{1}); }) ==
             "decode: the task is multiclass; only predictions of a regression have units");
  BOOST_TEST(refusal<ValueError>([&] { e.positive_label(); }) == "positive_label: the task is multiclass, not binary");
  BOOST_TEST(e.features(table("plan,extra,age\na,9,1\n")).shape() == (Shape{1, 3}));  // others are passed over
}

BOOST_AUTO_TEST_CASE(weights_that_are_none_are_told_with_their_line) {
  const Encoder e = Encoder::fit(table("n,w,y\n1,0.5,u\n2,2,v\n"), "y", {.weight = "w"});
  const auto told = [&](const std::string& rows) { return refusal([&] { e.weights(table("n,w,y\n" + rows)); }); };
  BOOST_TEST(told("1,1,u\n2,-0.5,v\n") == "t.csv:3: column \"w\": the weight of the row is negative: -0.5");
  BOOST_TEST(told("1,,u\n2,1,v\n") == "t.csv:2: column \"w\": the weight of the row is missing");
  BOOST_TEST(told("1,much,u\n2,1,v\n") == "t.csv:2: column \"w\": \"much\" is no number");
  BOOST_TEST(told("1,1e39,u\n2,1,v\n") == "t.csv:2: column \"w\": a weight of 1e+39 is too large");
  BOOST_TEST(told("1,0,u\n2,0,v\n") == "t.csv: the weights in the column \"w\" are all 0: no row counts");
  const Table t = table("n,w,y\n1,0.5,u\n2,2,v\n");
  const auto contradiction = [&](const EncoderOptions& options) {
    return refusal<ValueError>([&] { Encoder::fit(t, "y", options); });
  };
  BOOST_TEST(contradiction({.weight = "y"}) == "the target \"y\" can't be the weight");
  BOOST_TEST(contradiction({.weight = "w", .drop = {"w"}}) == "the column \"w\" is both the weight and dropped");
  BOOST_TEST(contradiction({.ordered = {{"w", {"0.5", "2"}}}, .weight = "w"}) ==
             "the column \"w\" is both the weight and ordered");
  BOOST_TEST(refusal([&] { Encoder::fit(t, "y", {.weight = "ww"}); }) ==
             "t.csv: no column \"ww\"; did you mean \"w\"?");
}

BOOST_AUTO_TEST_SUITE_END()
