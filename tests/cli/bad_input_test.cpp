// Bad input of every kind: one sentence that names the thing, exit code 2 (1 at run time), nothing half-written, and an
// earlier model untouched.
#include "program_support.hpp"

namespace {

using namespace program_support;

const std::string header = "size,colour,y\n";
// Twenty good rows of two numbers' worth of structure.
std::string good_rows(const std::string& no = "no", const std::string& yes = "yes") {
  std::string text;
  for (int i = 0; i < 20; ++i)
    text += std::to_string(i) + (i % 3 == 0 ? ",red," : ",blue,") + (i % 2 == 0 ? no : yes) + '\n';
  return text;
}

Words train_on(const Workplace& work, const std::string& data, const std::string& target = "y") {
  return {"train", "--data", data, "--target", target, "--epochs", "2", "--out", work.path("model")};
}

// Trains on a table that can't be trained on.
void check_table(const std::string& text, const std::string& sentence, const std::string& target = "y") {
  const Workplace work;
  const std::string data = work.file("data.csv", text);
  check_refused_so(work.run(train_on(work, data, target)), data + sentence);
  BOOST_TEST(!work.has("model"), "a folder was left behind: " << sentence);
}

// A good model in work/model and the bytes of its files.
std::string bytes_of_model(const Workplace& work) {
  std::string bytes;
  for (const std::string& name : work.names("model")) bytes += name + '\n' + work.read("model/" + name);
  return bytes;
}
void make_model(const Workplace& work, const std::string& hidden = "8") {
  Words words = train_on(work, work.file("good.csv", header + good_rows()));
  words.insert(words.end(), {"--hidden", hidden});
  const Outcome outcome = work.run(words);
  BOOST_TEST(outcome.code == 0, outcome.error);
}
Outcome predict(const Workplace& work, const std::string& data) {
  return work.run({"predict", "--model", work.path("model"), "--data", data, "--out", work.path("predictions.csv")});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(a_command_or_flag_that_there_is_not_is_told_with_the_nearest) {
  const Workplace work;
  for (const Words& words : {Words{}, Words{"--json"}})
    check_refused(work.run(words),
                  "which command? train, evaluate, predict, lesson, new or doctor; cinta --help tells more");
  check_refused(work.run({"trian"}), "there is no command \"trian\"; did you mean \"train\"?");
  check_refused(work.run(train_iris({"--epocs", "3"})), "train has no flag \"--epocs\"; did you mean \"--epochs\"?");
  check_refused(work.run({"predict", "--modle=m"}), "predict has no flag \"--modle\"; did you mean \"--model\"?");
  check_refused(work.run({"doctor", "--quick"}), "doctor has no flag \"--quick\"");
  check_refused(work.run(train_iris({"more"})), "train takes flags and their values, and \"more\" is neither");
  check_refused(work.run(train_iris({"--seed", "1", "--seed", "2"})), "--seed stands twice");
  check_refused(work.run(train_iris({"--lr"})), "--lr wants a value");
  check_refused(work.run(train_iris({"--lr", "--l1", "0"})), "--lr wants a value");
  check_refused(work.run({"train"}), "--data is required");
  check_refused(work.run({"train", "--data", "x.csv"}), "--target is required");
  check_refused(work.run({"evaluate", "--data", "x.csv"}), "--model is required");
}

BOOST_AUTO_TEST_CASE(a_value_out_of_range_is_told_for_every_flag) {
  const Workplace work;
  const auto check = [&](const char* flag, const char* value, const std::string& sentence) {
    check_refused(
        work.run({"train", "--data", dataset("iris"), "--target", "target", "--out", work.path("model"), flag, value}),
        sentence);
    BOOST_TEST(!work.has("model"), flag << " " << value << " left a folder");
  };
  check("--epochs", "0", "--epochs takes a number from 1 to 1,000,000, not 0");
  check("--epochs", "-3", "--epochs takes a number from 1 to 1,000,000, not -3");
  check("--epochs", "many", "--epochs takes a number, not \"many\"");
  check("--lr", "-1", "--lr takes a number above 0, not -1");
  check("--lr", "0", "--lr takes a number above 0, not 0");
  check("--lr", "nan", "--lr takes a number above 0, not nan");
  check("--lr", "fast", "--lr takes a number, not \"fast\"");
  check("--batch", "0", "--batch takes \"full\" or a number of at least 1, not 0");
  check("--batch", "-2", "--batch takes \"full\" or a number of at least 1, not -2");
  check("--batch", "1.5", "--batch takes whole numbers, and \"1.5\" is none");
  check("--batch", "99999999999999999999", "--batch takes whole numbers, and \"99999999999999999999\" is none");
  check("--hidden", "0", "--hidden: a layer has 1 to 1,000,000 units, not 0");
  check("--hidden", "8,-3", "--hidden: a layer has 1 to 1,000,000 units, not -3");
  check("--hidden", "8,,4", "--hidden takes whole numbers, and \"\" is none");
  check("--hidden", "eight", "--hidden takes whole numbers, and \"eight\" is none");
  check("--dropout", "1", "--dropout takes a probability from 0 to below 1, not 1");
  check("--dropout", "-0.1", "--dropout takes a probability from 0 to below 1, not -0.1");
  check("--l1", "-1", "--l1 takes a number of at least 0, not -1");
  check("--l2", "inf", "--l2 takes a number of at least 0, not inf");
  check("--patience", "-1", "--patience takes a number of at least 0, not -1");
  check("--valid", "1", "--valid takes a fraction from 0 to below 1, not 1");
  check("--valid", "0.9", dataset("iris") + ": --valid 0.9 and --test 0.2 of its 150 rows leave none to train on");
  check("--test", "0", "--test takes a fraction between 0 and 1, not 0");
  check("--test", "0.001", dataset("iris") + ": --test 0.001 of its 150 rows is no row");
  check("--seed", "-1", "--seed takes whole numbers, and \"-1\" is none");
  check("--threads", "-1", "--threads takes a number from 1 to 1024, or 0 for all, not -1");
  check("--threads", "100000", "--threads takes a number from 1 to 1024, or 0 for all, not 100000");
  check("--dtype", "f16", "--dtype: there is no \"f16\"; it takes f32, f64");
  check("--delimiter", "ab", "--delimiter takes one character or \"tab\", not \"ab\"");
  check("--optimizer", "adamm", "unknown optimizer \"adamm\"; did you mean \"adam\"?");
  check("--optimizer", "lecture_momento", "unknown optimizer \"lecture_momento\"; did you mean \"lecture_momentum\"?");
  check("--activation", "rellu", "unknown activation \"rellu\"; did you mean \"relu\"?");
  check("--schedule", "cosin",
        "--schedule: there is no \"cosin\"; it takes constant, cosine, warmup, step; did you mean \"cosine\"?");
  check("--task", "binry",
        "--task: there is no \"binry\"; it takes regression, binary, multiclass; did you mean \"binary\"?");
  check("--task", "binary", dataset("iris") + ": the target \"target\" has 3 classes, and the task is binary");
  check("--drop", "sepal", dataset("iris") + ": no column \"sepal\"; did you mean \"sepal_length\"?");
  check("--drop", "petal_widht", dataset("iris") + ": no column \"petal_widht\"; did you mean \"petal_width\"?");
  check("--ordered", "size", "--ordered takes COLUMN=LOWEST<…<HIGHEST, not \"size\"");
  check("--ordered", "size=a", "--ordered takes COLUMN=LOWEST<…<HIGHEST, not \"size=a\"");
  check("--ordered", "=a<b", "--ordered takes COLUMN=LOWEST<…<HIGHEST, not \"=a<b\"");
  check("--ordered", "size=a<<b", "--ordered: a category is empty in \"size=a<<b\"");
  check("--ordered", "sepal_lenth=1<2",
        dataset("iris") + ": no column \"sepal_lenth\"; did you mean \"sepal_length\"?");
  check("--ordered", "target=a<b", "the target \"target\" takes no order");
  check("--drop", "target", "the target \"target\" can't be dropped");
  check_refused_so(work.run(train_iris({"--hidden=1000000,1000000"})), "--hidden stands twice");
  check_refused_so(work.run({"train", "--data", dataset("iris"), "--target", "target", "--hidden", "1000000,1000000"}),
                   "--hidden 1000000,1000000: 1000004000000 weights take ");
}

BOOST_AUTO_TEST_CASE(a_file_or_column_that_there_is_not_is_told) {
  const Workplace work;
  check_refused(work.run(train_on(work, "no.csv")), "cannot read \"no.csv\": no such file or directory");
  check_refused(work.run(train_on(work, "/")), "--target is about the columns of a table, and / is a folder");
  check_refused(work.run({"train", "--data", dataset("iris"), "--target", "tarjet"}),
                dataset("iris") + ": no column \"tarjet\"; did you mean \"target\"?");
  BOOST_TEST(!work.has("model"));
}

BOOST_AUTO_TEST_CASE(a_table_that_is_none_is_told_with_its_line) {
  check_table("", ": ");
  check_table(header, ": ");
  check_table(header + good_rows("yes", "yes"), ": ");
  check_table(header + good_rows() + "20,red\n", ":22: 2 cells where the header has 3");
  check_table(header + good_rows() + "20,red,no,no\n", ":22: 4 cells where the header has 3");
  check_table(header + good_rows() + "20,\"red,no\n", ":22: ");
  check_table(header + good_rows() +
                  "20,r\xff"
                  "ed,no\n",
              ":22:");
  check_table(header + good_rows() + "20,red,\n", ": ");
  check_table(header + good_rows() + "1e999,red,no\n", ":22: column \"size\": ");
  check_table(header + good_rows() + "inf,red,no\n", ":22: column \"size\": ");
  check_table("size,size,y\n" + good_rows(), ":");
  check_table(std::string("y\n") + "no\nyes\nno\nyes\nno\nyes\nno\nyes\n", ": ");
}

BOOST_AUTO_TEST_CASE(a_number_that_is_none_counts_as_missing) {
  const Workplace work;
  const std::string data =
      work.file("data.csv", header + good_rows() + "nan,red,no\nNA,blue,yes\n,red,no\n?,red,yes\n");
  const Outcome outcome = work.run(train_on(work, data));
  BOOST_TEST(outcome.code == 0, outcome.error);
}

BOOST_AUTO_TEST_CASE(tables_that_do_not_fit_the_model_are_told_and_nothing_is_written) {
  const Workplace work;
  make_model(work);
  const std::string text = work.file("text.csv", "size,colour\n1,red\nlarge,blue\n");
  check_refused_so(predict(work, text), text + ":3: column \"size\": \"large\" is no number");
  const std::string other = work.file("other.csv", "sise,colour\n1,red\n");
  check_refused_so(predict(work, other), other + ": no column \"size\"");
  const std::string wide = work.file("wide.csv", "size,colour\n1,red,2\n");
  check_refused_so(predict(work, wide), wide + ":2: 3 cells where the header has 2");
  const std::string none = work.file("none.csv", "size,colour\n1,red\n");
  check_refused_so(work.run({"evaluate", "--model", work.path("model"), "--data", none}), none + ": no column \"y\"");
  const std::string classes = work.file("classes.csv", "size,colour,y\n1,red,maybe\n");
  check_refused_so(work.run({"evaluate", "--model", work.path("model"), "--data", classes}),
                   classes + ":2: column \"y\": ");
  BOOST_TEST(!work.has("predictions.csv"));
}

BOOST_AUTO_TEST_CASE(an_earlier_prediction_stays_when_a_later_one_fails) {
  const Workplace work;
  make_model(work);
  work.file("predictions.csv", "earlier");
  check_refused_so(predict(work, work.file("bad.csv", "size,colour\n1\n")), work.path("bad.csv") + ":2: ");
  BOOST_TEST(work.read("predictions.csv") == "earlier");
  const std::string good = work.path("good.csv");
  check_refused_so(
      work.run({"predict", "--model", work.path("model"), "--data", good, "--out", work.path("no/such/folder.csv")}),
      work.path("no/such/folder.csv") + ": ");
}

BOOST_AUTO_TEST_CASE(a_damaged_model_is_told) {
  const Workplace work;
  make_model(work);
  const std::string good = work.path("good.csv"), path = work.path("model/model.safetensors"),
                    whole = cinta::read_file(path);
  std::string longer = whole, huge = whole;
  longer[0] = static_cast<char>(longer[0] + 1);
  huge[6] = huge[7] = '\x7f';
  for (const std::string& bytes : {std::string(), whole.substr(0, 5), whole.substr(0, 100),
                                   whole.substr(0, whole.size() - 1), whole + '\0', longer, huge}) {
    cinta::write_file_atomically(path, bytes);
    check_refused_so(predict(work, good), path + ": ");
  }
  cinta::write_file_atomically(path, whole);
  BOOST_TEST(predict(work, good).code == 0);
  const std::string json = work.path("model/model.json"), text = cinta::read_file(json);
  for (const std::string& bytes : {std::string(), std::string("{"), text.substr(0, text.size() / 2),
                                   std::string(100'000, '['), std::string("\xff\xfe")}) {
    cinta::write_file_atomically(json, bytes);
    check_refused_so(predict(work, good), json + ": ");
  }
  check_refused_so(work.run({"predict", "--model", work.path("nothing"), "--data", good}),
                   work.path("nothing/model.json") + ": ");
}

BOOST_AUTO_TEST_CASE(parameters_of_another_network_are_told) {
  const Workplace work, other;
  make_model(work, "8");
  make_model(other, "9");
  fs::copy_file(other.path("model/model.safetensors"), work.path("model/model.safetensors"),
                fs::copy_options::overwrite_existing);
  check_refused_so(predict(work, work.path("good.csv")), work.path("model/model.safetensors") + ": ");
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_told_before_the_work) {
  const Workplace work;
  const std::string file = work.file("file", "a file, not a folder");
  check_refused_so(work.run(train_iris({"--out", file})), file + ": ");
  check_refused_so(work.run(train_iris({"--out", file + "/model"})), file + "/model: ");
  check_refused_so(work.run(train_iris({"--out", "/proc/model"})), "/proc/model: ");
  BOOST_TEST(work.read("file") == "a file, not a folder");
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_and_an_earlier_model_stays) {
  const Workplace work;
  make_model(work);
  const std::string before = bytes_of_model(work);
  Words words = train_on(work, work.path("good.csv"));
  words.insert(words.end(), {"--hidden", "2000"});
  const Outcome outcome = work.run(words, {.file_size = 8192});
  BOOST_TEST(outcome.code == 1);
  BOOST_TEST(outcome.error.ends_with("cinta: " + work.path("model/model.safetensors") +
                                     ": can't be written: file too large\n"),
             outcome.error);
  BOOST_TEST((bytes_of_model(work) == before));

  words[words.size() - 3] = work.path("new");
  BOOST_TEST(words[words.size() - 4] == "--out");
  BOOST_TEST(work.run(words, {.file_size = 8192}).code == 1);
  BOOST_TEST(!work.has("new"));
}

BOOST_AUTO_TEST_CASE(an_output_that_cannot_be_written_is_told) {
  const Workplace work;
  make_model(work);
  for (const Words& words :
       {Words{"predict", "--model", work.path("model"), "--data", work.path("good.csv")}, Words{"doctor"}})
    check_refused_so(work.run(words, {.full_output = true}),
                     "the standard output can't be written: no space left on device", 1);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_is_told_and_an_earlier_model_stays) {
  const Workplace work;
  make_model(work);
  const std::string before = bytes_of_model(work);
  Words words = train_on(work, work.path("good.csv"));
  words.insert(words.end(), {"--lr", "1e30", "--optimizer", "sgd", "--schedule", "constant"});
  words[6] = "50";
  const Outcome outcome = work.run(words);
  BOOST_TEST(outcome.code == 1);
  BOOST_TEST(outcome.error.find("cinta: fit: the loss became ") != std::string::npos, outcome.error);
  BOOST_TEST(outcome.error.find(".cpp") == std::string::npos,
             "a line of the program's own source is no help: " << outcome.error);
  BOOST_TEST((bytes_of_model(work) == before));
}

BOOST_AUTO_TEST_SUITE_END()
