// Arrays that can't be trained on or predicted for: one sentence with the file, exit code 2, and no folder left behind.
#include "array_files.hpp"

namespace {

using namespace program_support;
using cinta::Tensor;

void check_train(const Workplace& work, const std::string& data, const Words& more, const std::string& sentence) {
  Words words{"train", "--data", data, "--epochs", "1", "--out", work.path("model")};
  words.insert(words.end(), more.begin(), more.end());
  check_refused(work.run(words), sentence);
  BOOST_TEST(!work.has("model"), "a folder was left behind: " << sentence);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_arrays)

BOOST_AUTO_TEST_CASE(files_that_are_cut_short_lie_or_are_foreign_are_told) {
  const Workplace work;
  const std::string folder = idx_folder(work, 30, 0), images_file = folder + "/train-images-idx3-ubyte";
  const std::string whole = cinta::read_file(images_file);
  const auto check = [&](const std::string& bytes, const std::string& sentence) {
    cinta::write_file_atomically(images_file, bytes);
    check_train(work, folder, {}, images_file + ": " + sentence);
  };
  check(whole.substr(0, 100), "its shape [30, 8, 8] takes 1920 bytes but 84 follow the header");
  check(whole + "more", "its shape [30, 8, 8] takes 1920 bytes and more follow the header");
  check("\x1f\x8b", "the compressed bytes end early");
  check("a photograph", "this is no IDX file: it does not begin with two zeros");
  cinta::save_npz(work.path("a.npz"), {{"x", Tensor{1}}});
  const std::string npz = cinta::read_file(work.path("a.npz"));
  check_train(
      work, work.file("b.npz", npz.substr(0, npz.size() - 5)), {},
      work.path("b.npz") + ": a zip file ends with its directory, and this one has none: the file is cut short");
  check_train(work, work.file("c.npy", "1,2\n3,4\n"), {"--labels", "y.npy"},
              work.path("c.npy") + ": this is no NPY file: it does not begin with \\x93NUMPY");
  check_train(work, work.path("none.npz"), {}, work.path("none.npz") + ": can't be read: no such file or directory");
}

BOOST_AUTO_TEST_CASE(images_and_labels_of_unequal_count_are_told) {
  const Workplace work;
  const std::string folder = idx_folder(work, 30, 0);
  work.file("images/train-labels-idx1-ubyte", idx_bytes(images(29, 1).y));
  check_train(
      work, folder, {},
      folder + "/train-images-idx3-ubyte has 30 examples and " + folder + "/train-labels-idx1-ubyte has 29 targets");
}

BOOST_AUTO_TEST_CASE(flags_of_tables_are_not_for_arrays_nor_those_of_arrays_for_tables) {
  const Workplace work;
  const Images a = images(30, 1);
  const std::string npz = work.path("a.npz");
  cinta::save_npz(npz, {{"x", a.x}, {"y", a.y}});
  for (const char* flag : {"--target", "--drop", "--ordered", "--delimiter"})
    check_train(work, npz, {flag, std::string(flag) == "--ordered" ? "a=b<c" : ";"},
                std::string(flag) + " is about the columns of a table, and " + npz + " holds arrays");
  check_train(work, npz, {"--labels", "y.npy"}, npz + " brings its targets, and y.npy was given for them");
  check_train(work, idx_folder(work, 30, 10), {"--test", "0.5"},
              work.path("images") + " brings examples of its own for the test, and --test asks for a share");
  check_train(work, dataset("iris"), {"--labels", "y.npy", "--target", "target"},
              "--labels is about arrays; of a table, --target names the column to predict");
  check_train(work, dataset("iris"), {}, "--target is required");
  cinta::save_npz(work.path("x.npz"), {{"x", a.x}});
  cinta::save_npy(work.path("x.npy"), a.x);
  check_train(work, work.path("x.npz"), {}, work.path("x.npz") + ": it has no targets (an array y)");
  check_train(work, work.path("x.npy"), {}, work.path("x.npy") + ": it has no targets; --labels names their file");
}

BOOST_AUTO_TEST_CASE(rows_that_do_not_fit_the_model_are_told) {
  const Workplace work;
  const Images a = images(60, 1);
  cinta::save_npz(work.path("a.npz"), {{"x", a.x}, {"y", a.y}});
  BOOST_TEST(work.run({"train", "--data", work.path("a.npz"), "--epochs", "1", "--out", work.path("m")}).code == 0);
  const auto check = [&](const Tensor& x, const std::string& sentence) {
    cinta::save_npy(work.path("x.npy"), x);
    check_refused(
        work.run({"predict", "--model", work.path("m"), "--data", work.path("x.npy"), "--out", work.path("p")}),
        work.path("x.npy") + ": " + sentence);
    BOOST_TEST(!work.has("p"));
  };
  check(cinta::filled({2, 7, 7}, 1, cinta::u8),
        "its examples have shape [7, 7], and those that the model was trained with [8, 8]");
  check(cinta::filled({2, 8, 8}, 0.25),
        "example 0 holds 0.25, and the model was trained with whole numbers from 0 to 255");
  check(cinta::empty({0, 8, 8}), "it has no elements: its shape is [0, 8, 8]");
  check_refused(
      work.run({"predict", "--model", work.path("m"), "--data", work.file("t.csv", "a,b\n1,2\n")}),
      work.path("t.csv") +
          ": it has 2 columns, and the model was trained on 64 features (--labels names a column of targets)");
  check_refused(work.run({"evaluate", "--model", work.path("m"), "--data", work.path("x.npy")}),
                work.path("x.npy") + ": it has no elements: its shape is [0, 8, 8]");
  cinta::save_npy(work.path("x.npy"), a.x);
  check_refused(work.run({"evaluate", "--model", work.path("m"), "--data", work.path("x.npy")}),
                work.path("x.npy") + ": it has no targets");
}

BOOST_AUTO_TEST_CASE(predictions_on_a_full_disk_fail_at_run_time_and_an_earlier_file_stays) {
  const Workplace work;
  BOOST_TEST(work.run(train_iris({"--out", work.path("m")})).code == 0);
  for (const char* name : {"p.csv", "p.npy", "p.npz"}) {
    work.file(name, "earlier");
    check_refused(work.run({"predict", "--model", work.path("m"), "--data", dataset("iris"), "--out", work.path(name)},
                           {.file_size = 512}),
                  work.path(name) + ": can't be written: file too large", 1);
    BOOST_TEST(work.read(name) == "earlier");
  }
}

BOOST_AUTO_TEST_SUITE_END()
