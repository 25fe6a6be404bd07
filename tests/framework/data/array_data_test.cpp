// Data sets of arrays: folders of IDX files, NPZ files with Keras's names or x and y, NPY files; what is missing from
// them or does not fit is told.
#include <cinta/framework/data/array_data.hpp>
#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/io/npy.hpp>
#include <cinta/framework/io/npz.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>

namespace {

using namespace cinta;
namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "cinta-data-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
};

std::string images(int n) {
  return std::string("\0\0\10\3\0\0\0", 7) + static_cast<char>(n) + std::string("\0\0\0\2\0\0\0\2", 8) +
         std::string(static_cast<std::size_t>(4 * n), 'p');
}
std::string labels(int n) {
  return std::string("\0\0\10\1\0\0\0", 7) + static_cast<char>(n) + std::string(static_cast<std::size_t>(n), '\1');
}

std::string refusal(const std::string& path, const ArrayOptions& options = {}) {
  try {
    read_arrays(path, options);
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(array_data)

BOOST_AUTO_TEST_CASE(a_folder_of_idx_files_has_a_training_and_perhaps_a_test_part) {
  const Folder f;
  write_file_atomically(f / "train-images-idx3-ubyte", images(3));
  BOOST_TEST(refusal(f.path.string()) == f.path.string() +
                                             ": a folder of IDX files has train-labels-idx1-ubyte or "
                                             "train-labels-idx1-ubyte.gz, and this one does not");
  write_file_atomically(f / "train-labels-idx1-ubyte", labels(3));
  ArrayParts parts = read_arrays(f.path.string() + "/");
  BOOST_TEST(parts.train.x.shape() == (Shape{3, 2, 2}));
  BOOST_TEST(parts.train.y.shape() == Shape{3});
  BOOST_TEST(!parts.test);
  write_file_atomically(f / "t10k-images-idx3-ubyte", images(2));
  BOOST_TEST(refusal(f.path.string()).find("t10k-labels-idx1-ubyte") != std::string::npos);
  write_file_atomically(f / "t10k-labels-idx1-ubyte", labels(2));
  parts = read_arrays(f.path.string());
  BOOST_TEST(parts.test->rows() == 2);
  write_file_atomically(f / "t10k-labels-idx1-ubyte", labels(1));
  BOOST_TEST(refusal(f.path.string()) ==
             f / "t10k-images-idx3-ubyte has 2 examples and " + (f / "t10k-labels-idx1-ubyte has 1 targets"));
  BOOST_TEST(refusal(f.path.string(), {.weight = "w"}) == f.path.string() + ": a folder of IDX files has no weights");
}

BOOST_AUTO_TEST_CASE(an_npz_file_has_x_and_y_or_those_of_training_and_test) {
  const Folder f;
  const Tensor x{{1, 2}, {3, 4}, {5, 6}}, y = tensor({0, 1, 1}, u8), w{1, 2, 3};
  save_npz(f / "plain.npz", {{"x", x}, {"y", y}, {"w", w}});
  const ArrayParts plain = read_arrays(f / "plain.npz", {.weight = "w"});
  BOOST_TEST(equal_bytes(plain.train.x, x));
  BOOST_TEST(equal_bytes(plain.train.weight, w));
  BOOST_TEST(!plain.test);
  save_npz(f / "keras.npz", {{"x_test", x}, {"x_train", x}, {"y_train", y}, {"y_test", y}, {"w", w}});
  const ArrayParts keras = read_arrays(f / "keras.npz", {.weight = "w"});
  BOOST_TEST(keras.test->y.defined());
  BOOST_TEST(keras.train.weight.defined());
  save_npz(f / "inputs.npz", {{"x", x}});
  BOOST_TEST(!read_arrays(f / "inputs.npz").train.y.defined());
  save_npz(f / "other.npz", {{"images", x}, {"labels", y}});
  BOOST_TEST(refusal(f / "other.npz") ==
             f / "other.npz: the examples are the array x, or x_train and x_test, and it has images, labels");
  BOOST_TEST(refusal(f / "plain.npz", {.weight = "ww"}) ==
             f / "plain.npz: no array \"ww\"; it has x, y, w; did you mean \"w\"?");
  BOOST_TEST(refusal(f / "plain.npz", {.labels = f / "y.npy"}) ==
             f / "plain.npz brings its targets, and " + (f / "y.npy was given for them"));
}

BOOST_AUTO_TEST_CASE(inputs_and_targets_may_be_files_of_either_format_whatever_their_names) {
  const Folder f;
  save_npy(f / "x.npy", Tensor{{1, 2}, {3, 4}, {5, 6}});
  save_npy(f / "y.npy", Tensor{{1}, {2}, {3}});
  write_file_atomically(f / "labels", labels(3));
  BOOST_TEST(read_arrays(f / "x.npy", {.labels = f / "y.npy"}).train.y.shape() == Shape{3});
  BOOST_TEST((read_arrays(f / "x.npy", {.labels = f / "labels"}).train.y.dtype() == u8));
  fs::copy(f / "x.npy", f / "inputs");
  BOOST_TEST(holds_arrays(f / "inputs"));
  BOOST_TEST(read_arrays(f / "inputs").train.rows() == 3);
  write_file_atomically(f / "table", "x,y\n1,2\n");
  for (const std::string& path : {f / "table", f / "missing"}) BOOST_TEST(!holds_arrays(path));
  BOOST_TEST(holds_arrays(f / "missing.npy"));
}

BOOST_AUTO_TEST_CASE(arrays_that_do_not_fit_are_told) {
  const Folder f;
  save_npy(f / "x.npy", Tensor{{1, 2}, {3, 4}, {5, 6}});
  save_npy(f / "two.npy", Tensor{1, 2});
  save_npy(f / "hot.npy", Tensor{{1, 0}, {0, 1}, {0, 1}});
  save_npy(f / "number.npy", scalar(1));
  save_npy(f / "none.npy", empty({0, 2}));
  BOOST_TEST(refusal(f / "x.npy", {.labels = f / "two.npy"}) ==
             f / "x.npy has 3 examples and " + (f / "two.npy has 2 targets"));
  BOOST_TEST(
      refusal(f / "x.npy", {.labels = f / "hot.npy"}) ==
      f / "hot.npy: targets have one number each, and these have shape [3, 2]; of one-hot rows take np.argmax(y, 1)");
  BOOST_TEST(refusal(f / "x.npy", {.weight = f / "two.npy"}) == f / "x.npy: 3 examples have weights of shape [2]");
  BOOST_TEST(refusal(f / "number.npy") == f / "number.npy: one number is no data set: it has no axis of examples");
  BOOST_TEST(refusal(f / "none.npy") == f / "none.npy: it has no elements: its shape is [0, 2]");
}

BOOST_AUTO_TEST_CASE(some_examples_are_selected_with_their_targets_and_weights) {
  const ArrayData data{"d", Tensor{{1, 2}, {3, 4}, {5, 6}}, Tensor{7, 8, 9}, Tensor{0, 1, 2}};
  const std::vector<std::int64_t> numbers{2, 0};
  const ArrayData some = data.select(numbers);
  BOOST_TEST(equal_bytes(some.x, Tensor{{5, 6}, {1, 2}}));
  BOOST_TEST(equal_bytes(some.y, Tensor{9, 7}));
  BOOST_TEST(equal_bytes(some.weight, Tensor{2, 0}));
}

BOOST_AUTO_TEST_SUITE_END()
