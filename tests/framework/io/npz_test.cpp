// NPZ files: those of NumPy 1.24 are read, stored and deflated; what is written comes back; what is damaged or foreign
// is refused in one sentence.
#include "array_file_support.hpp"

#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/io/npz.hpp>

namespace {

using namespace array_file_support;
using namespace cinta;

// np.savez(f, x=np.arange(6, dtype='f4').reshape(2, 3), y=np.array([1, 2], 'u1'))
const std::string stored_base64 =
    "UEsDBBQAAAAAAAAAIQBP6QAqmAAAAJgAAAAFABQAeC5ucHkBABAAmAAAAAAAAACYAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzog"
    "JzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAzKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAg"
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAAgD8AAABAAABAQAAAgEAAAKBAUEsDBBQAAAAAAAAAIQBiAmVf"
    "ggAAAIIAAAAFABQAeS5ucHkBABAAggAAAAAAAACCAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJ3x1MScsICdmb3J0cmFuX29y"
    "ZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
    "ICAgICAgICAgICAgICAKAQJQSwECFAMUAAAAAAAAACEAT+kAKpgAAACYAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECFAMU"
    "AAAAAAAAACEAYgJlX4IAAACCAAAABQAAAAAAAAAAAAAAgAHPAAAAeS5ucHlQSwUGAAAAAAIAAgBmAAAAiAEAAAAA";
// np.savez_compressed(f, x=np.arange(60, dtype='f4').reshape(20, 3), y=np.array([1, 2], 'i8'))
const std::string deflated_base64 =
    "UEsDBBQAAAAIAAAAIQADoAhBzgAAAHABAAAFABQAeC5ucHkBABAAcAEAAAAAAADOAAAAAAAAAJ3IoUsDYRzG8d9gQYZhwWAwvGHw"
    "TnjDMS/IONg5hiw4uaDgQHCH944Lx268JxYZXDQOLIuLi4vGRaPRuGg0LvrVP2EPv88Dv+ft+nYQDSvyLC86scWj022lg7GvjdLj"
    "3D25ePKQu8T+7ZdxVlj2Io2nlr/Z8ow6OzVqpvZNTf5TdqiQQ4klNthCLkTqUPAQIsIIU5R4xRwLLLHCGu/Y4AOf+MIW3/jBDtIV"
    "qeIAh6jjCMc4gUIDTRh48HGOACF66OMKEW5wh3uMkCBF1v0FUEsDBBQAAAAIAAAAIQAM/BzpSgAAAJAAAAAFABQAeS5ucHkBABAA"
    "kAAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6"
    "mjoKtQoUAC5GBghggtIAUEsBAhQDFAAAAAgAAAAhAAOgCEHOAAAAcAEAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAhQDFAAA"
    "AAgAAAAhAAz8HOlKAAAAkAAAAAUAAAAAAAAAAAAAAIABBQEAAHkubnB5UEsFBgAAAAACAAIAZgAAAIYBAAAAAA==";

std::string decoded(const std::string& base64) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : base64) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(digits.find(c));
    if ((count += 6) >= 8) out += static_cast<char>(bits >> (count -= 8) & 255);
  }
  return out;
}

NpzFile parse(const std::string& bytes) { return parse_npz(bytes_of(bytes), "m"); }
std::string refused(const std::string& bytes) {
  return refusal([&] { parse(bytes); });
}
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}
std::string written(std::initializer_list<NamedTensor> arrays, NpzOptions options = {}) {
  const Folder folder;
  save_npz(folder / "x.npz", arrays, options);
  return read_file(folder / "x.npz");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(npz)

BOOST_AUTO_TEST_CASE(what_numpy_writes_is_read_stored_and_deflated) {
  const NpzFile stored = parse(decoded(stored_base64)), deflated = parse(decoded(deflated_base64));
  BOOST_TEST(stored.arrays.size() == 2u);
  BOOST_TEST(stored.arrays[0].name == "x");
  BOOST_TEST(equal_bytes(stored.at("x"), Tensor{{0, 1, 2}, {3, 4, 5}}));
  BOOST_TEST(equal_bytes(stored.at("y"), tensor({1, 2}, u8)));
  BOOST_TEST(deflated.at("x").shape() == (Shape{20, 3}));
  for (std::size_t i = 0; i < 60; ++i) BOOST_TEST(deflated.at("x").span<float>()[i] == static_cast<float>(i));
  BOOST_TEST(equal_bytes(deflated.at("y"), tensor({1, 2}, i32)));
  BOOST_TEST(deflated.find("z") == nullptr);
}

BOOST_AUTO_TEST_CASE(what_is_written_comes_back_and_its_bytes_depend_on_the_arrays_alone) {
  const Tensor x = filled({40, 30}, 0.25, f64), y = tensor({7, -1}, i32), none = empty({0}, u8);
  for (const bool compress : {false, true}) {
    const std::string bytes = written({{"x", x}, {"a/y", y}, {"none", none}}, {.compress = compress});
    const NpzFile back = parse(bytes);
    BOOST_TEST(back.arrays.size() == 3u);
    BOOST_TEST(equal_bytes(back.at("x"), x));
    BOOST_TEST(equal_bytes(back.at("a/y"), y));
    BOOST_TEST(equal_bytes(back.at("none"), none));
    BOOST_TEST((bytes.size() < 9600) == compress);
    BOOST_TEST((written({{"x", x}, {"a/y", y}, {"none", none}}, {.compress = compress}) == bytes));
  }
  BOOST_TEST(parse(written({})).arrays.empty());
}

BOOST_AUTO_TEST_CASE(an_array_that_there_is_not_is_told_with_the_nearest) {
  const NpzFile file = parse(written({{"x_train", Tensor{1}}, {"y_train", Tensor{1}}}));
  try {
    file.at("x_trian");
    BOOST_ERROR("found");
  } catch (const DataError& e) {
    BOOST_TEST(e.what() == "m: no array \"x_trian\"; it has x_train, y_train; did you mean \"x_train\"?");
  }
}

BOOST_AUTO_TEST_CASE(names_that_no_file_can_have_are_refused) {
  const auto told = [](std::initializer_list<NamedTensor> arrays) {
    try {
      written(arrays);
    } catch (const ValueError& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  BOOST_TEST(told({{"", Tensor{1}}}) == "save_npz: the name of an array has 1 to 1000 characters, none of them 0");
  BOOST_TEST(told({{std::string(2000, 'a'), Tensor{1}}}) ==
             "save_npz: the name of an array has 1 to 1000 characters, none of them 0");
  BOOST_TEST(told({{"x", Tensor{1}}, {"x", Tensor{1}}}) == "save_npz: two arrays are named \"x\"");
  BOOST_TEST(told({{"x", Tensor()}}) == "save_npz: the tensor \"x\" is undefined");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_none_is_refused) {
  BOOST_TEST(refused("") == "m: the file is empty");
  BOOST_TEST(refused("\x93NUMPY") == "m: this is no zip file: it does not begin with PK");
  BOOST_TEST(refused("PK\3\4 and nothing more") ==
             "m: a zip file ends with its directory, and this one has none: the file is cut short");
  const std::string whole = decoded(stored_base64);
  BOOST_TEST(refused(whole + "more") == "m: 4 bytes follow the end of the zip file");
  BOOST_TEST(refused(replaced(whole, "y.npy", "y.txt")) == "m: y.txt: an NPZ file holds .npy files and nothing else");
  BOOST_TEST(refused(replaced(whole, "y.npy", "x.npy")) == "m: x.npy: it stands twice in the file");
  BOOST_TEST(refused(replaced(whole, "\x80\x40", "\x81\x40")) ==
             "m: x.npy: its bytes are damaged: the checksum differs");
}

BOOST_AUTO_TEST_CASE(a_directory_that_lies_is_refused) {
  const std::string whole = decoded(deflated_base64);
  const std::size_t entry = whole.find("PK\1\2");
  const auto changed = [&](std::size_t at, const std::string& bytes) {
    return std::string(whole).replace(entry + at, bytes.size(), bytes);
  };
  BOOST_TEST(refused(changed(24, "\xff\xff\xff\x7f")) ==
             "m: x.npy: its 2147483647 bytes are more than the file can hold");
  BOOST_TEST(refused(changed(20, "\xff\xff\xff\x7f")) == "m: x.npy: its 368 bytes are more than the file can hold");
  BOOST_TEST(refused(changed(8, "\1")) == "m: x.npy: it is encrypted");
  BOOST_TEST(refused(changed(10, "\x0e")) ==
             "m: x.npy: it is compressed by method 14 of zip, and stored and deflated files are read");
  BOOST_TEST(refused(changed(24, std::string("\x6f\1\0\0", 4))).starts_with("m: "));
  BOOST_TEST(refused(changed(42, "\xff\xff\xff\x7f")) == "m: the directory of the zip file is damaged");
}

BOOST_AUTO_TEST_CASE(a_file_cut_short_anywhere_or_with_any_byte_changed_does_no_harm) {
  check_damaged(decoded(stored_base64), [](const std::string& b) { parse(b); });
  check_damaged(decoded(deflated_base64), [](const std::string& b) { parse(b); });
  check_damaged(written({{"x", Tensor{1}}, {"y", Tensor{2}}}), [](const std::string& b) { parse(b); });
}

BOOST_AUTO_TEST_SUITE_END()
