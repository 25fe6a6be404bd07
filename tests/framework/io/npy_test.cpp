// NPY files: those of NumPy 1.24 are read and written byte for byte, whatever their type and order; what is damaged,
// lies or is of a foreign type is refused in one sentence.
#include "array_file_support.hpp"

#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/io/npy.hpp>

#include <cstring>

namespace {

using namespace array_file_support;
using namespace cinta;

std::string le16(std::size_t n) { return {static_cast<char>(n & 255), static_cast<char>(n >> 8)}; }
// A file of version 1.0 with this dictionary.
std::string npy_file(const std::string& dictionary, const std::string& data = "") {
  return "\x93NUMPY\1" + std::string(1, '\0') + le16(dictionary.size()) + dictionary + data;
}
std::string dictionary(const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}
std::string numbers(const std::string& descr, const std::string& shape, const std::string& data) {
  return npy_file(dictionary(descr, shape), data);
}

Tensor parse(const std::string& bytes) { return parse_npy(bytes_of(bytes), "m"); }
std::string refused(const std::string& bytes) {
  return refusal([&] { parse(bytes); });
}

template <class T> std::string raw(std::initializer_list<T> values, bool big_endian = false) {
  std::string out;
  for (const T value : values) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof value);
    if (big_endian) std::reverse(bytes, bytes + sizeof value);
    out.append(bytes, sizeof value);
  }
  return out;
}

bool same(const Tensor& a, const Tensor& b) { return equal_bytes(a, b); }

}  // namespace

BOOST_AUTO_TEST_SUITE(npy)

BOOST_AUTO_TEST_CASE(what_numpy_writes_is_read_and_written_byte_for_byte) {
  // np.save of np.arange(6, dtype='<f4').reshape(2, 3)
  const std::string file = "\x93NUMPY\1" + std::string("\0v\0", 3) +
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" + std::string(58, ' ') + "\n" +
                           raw<float>({0, 1, 2, 3, 4, 5});
  BOOST_TEST(same(parse(file), Tensor{{0, 1, 2}, {3, 4, 5}}));
  const Folder folder;
  save_npy(folder / "x.npy", parse(file));
  const std::string written = read_file(folder / "x.npy");
  BOOST_TEST(written.size() % 8 == 0);
  BOOST_TEST(same(parse(written), parse(file)));
  BOOST_TEST(written.substr(written.size() - 24) == file.substr(file.size() - 24));
  BOOST_TEST(written.find(file.substr(10, 59)) == 10u, "the dictionary is spelled as NumPy's");
}

BOOST_AUTO_TEST_CASE(every_tensor_comes_back_bit_for_bit) {
  const Folder folder;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Tensor& x : {tensor({{1, -0.0, nan}, {1e-45, 1e30, 0.1}}, f32), tensor({0.1, -1e300}, f64),
                          tensor({{{-2147483648.0}, {2147483647}}}, i32), tensor({0, 1, 255}, u8), scalar(3.5, f64),
                          empty({0, 3}, f32), empty({2, 0}, u8)}) {
    save_npy(folder / "x.npy", x);
    BOOST_TEST(same(load_npy(folder / "x.npy"), x), x);
    BOOST_TEST(read_file(folder / "x.npy").find('\n') % 64 == 63u, "the elements begin at a multiple of 64 bytes");
  }
}

BOOST_AUTO_TEST_CASE(every_type_that_tensors_hold_exactly_is_read) {
  const auto check = [](const std::string& descr, const std::string& data, const Tensor& expected) {
    BOOST_TEST(same(parse(numbers(descr, "(2,)", data)), expected), descr);
  };
  check("|b1", raw<std::uint8_t>({1, 0}), tensor({1, 0}, u8));
  check("|u1", raw<std::uint8_t>({255, 0}), tensor({255, 0}, u8));
  check("|i1", raw<std::int8_t>({-128, 127}), tensor({-128, 127}, i32));
  for (const bool big : {false, true}) {
    const std::string order = big ? ">" : "<";
    check(order + "i2", raw<std::int16_t>({-32768, 7}, big), tensor({-32768, 7}, i32));
    check(order + "u2", raw<std::uint16_t>({65535, 7}, big), tensor({65535, 7}, i32));
    check(order + "i4", raw<std::int32_t>({-70000, 7}, big), tensor({-70000, 7}, i32));
    check(order + "u4", raw<std::uint32_t>({70000, 7}, big), tensor({70000, 7}, i32));
    check(order + "i8", raw<std::int64_t>({-70000, 7}, big), tensor({-70000, 7}, i32));
    check(order + "u8", raw<std::uint64_t>({70000, 7}, big), tensor({70000, 7}, i32));
    check(order + "f2", raw<std::uint16_t>({0xC100, 0x0001}, big), tensor({-2.5, 0x1p-24}, f32));
    check(order + "f4", raw<float>({-2.5f, 1e-45f}, big), tensor({-2.5, 1e-45}, f32));
    check(order + "f8", raw<double>({-2.5, 0.1}, big), tensor({-2.5, 0.1}, f64));
  }
  check("=f4", raw<float>({1, 2}), Tensor{1, 2});
}

BOOST_AUTO_TEST_CASE(the_order_of_fortran_is_read) {
  std::string data;  // of np.asfortranarray(np.arange(24.).reshape(2, 3, 4)): the first index is the fastest
  for (int k = 0; k < 4; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i) data += raw<double>({12.0 * i + 4.0 * j + k}, true);
  const Tensor x = parse(npy_file(dictionary(">f8", "(2, 3, 4)", "True"), data));
  BOOST_TEST(x.shape() == (Shape{2, 3, 4}));
  for (std::size_t i = 0; i < 24; ++i) BOOST_TEST(x.span<double>()[i] == static_cast<double>(i));
  BOOST_TEST(same(parse(npy_file(dictionary("|u1", "(2,)", "True"), "ab")), tensor({97, 98}, u8)));
}

BOOST_AUTO_TEST_CASE(versions_1_to_3_are_read_and_headers_as_other_writers_spell_them) {
  const std::string text = "{\"shape\":(2L,),\"fortran_order\":False,\"descr\":\"|u1\"}";
  for (const char version : {'\2', '\3'})
    BOOST_TEST(
        same(parse("\x93NUMPY" + std::string{version, '\0'} + le16(text.size()) + std::string(2, '\0') + text + "ab"),
             tensor({97, 98}, u8)));
  BOOST_TEST(same(parse(npy_file("  { 'shape' : ( 2 , ) , 'descr':'u1', 'fortran_order' :False }  \n", "ab")),
                  tensor({97, 98}, u8)));
}

BOOST_AUTO_TEST_CASE(a_number_that_i32_does_not_hold_is_refused) {
  BOOST_TEST(refused(numbers("<i8", "(2,)", raw<std::int64_t>({1, 3'000'000'000}))) ==
             "m: it holds 3000000000, which does not fit in i32");
  BOOST_TEST(refused(numbers("<u4", "(1,)", raw<std::uint32_t>({0x80000000}))) ==
             "m: it holds 2147483648, which does not fit in i32");
  BOOST_TEST(refused(numbers("<u8", "()", raw<std::uint64_t>({~0ull}))) ==
             "m: it holds 18446744073709551615, which does not fit in i32");
  BOOST_TEST(refused(numbers("|b1", "(2,)", "\1\2")) == "m: a boolean is 2, neither 0 nor 1");
}

BOOST_AUTO_TEST_CASE(a_foreign_type_is_refused_by_its_name) {
  const auto check = [](const std::string& descr, const std::string& what) {
    BOOST_TEST(refused(numbers(descr, "(1,)", std::string(16, '\0'))) ==
               "m: it holds " + what + " (\"" + descr + "\"), and only numbers and booleans of up to 64 bits are read");
  };
  check("|O", "Python objects");
  check("<c16", "complex numbers");
  check("<U4", "text");
  check("|S16", "text");
  check("<M8[ns]", "dates");
  check("<f16", "elements of another type");
  check("|i2", "elements of another type");
  check("", "elements of another type");
  BOOST_TEST(refused(npy_file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "1234")) ==
             "m: it holds records of several fields, and only numbers are read");
}

BOOST_AUTO_TEST_CASE(a_header_that_lies_is_refused) {
  BOOST_TEST(refused(numbers("<f4", "(2, 3)", std::string(20, '\0'))) ==
             "m: its shape [2, 3] takes 24 bytes but 20 follow the header");
  BOOST_TEST(refused(numbers("<f4", "(2, 3)", std::string(25, '\0'))) ==
             "m: its shape [2, 3] takes 24 bytes and 25 follow the header");
  BOOST_TEST(refused(numbers("<f8", "(4294967296, 4294967296)", "")) ==
             "m: its shape [4294967296, 4294967296] takes more than 2^62 bytes but 0 follow the header");
  BOOST_TEST(refused(numbers("<f8", "(9223372036854775807, 2)", "")).starts_with("m: its shape"));
  BOOST_TEST(refused(numbers("<f8", "(99999999999999999999,)", "")) == "m: a size of its shape is beyond 64 bits");
  BOOST_TEST(refused(numbers("<f8", "(0, 9223372036854775807)", "")) ==
             "m: an axis of size 9223372036854775807 is beyond any tensor");
  BOOST_TEST(refused(numbers("|u1", "(1,1,1,1,1,1,1,1,1)", "a")) == "m: it has 9 axes, and tensors have at most 8");
}

BOOST_AUTO_TEST_CASE(a_header_that_is_none_is_refused) {
  const std::string start = "m: the NPY header is no dictionary of descr, fortran_order and shape: ";
  const auto check = [&](const std::string& text, const std::string& what) {
    BOOST_TEST(refused(npy_file(text)) == start + what);
  };
  check("", "'{' is missing at character 1");
  check("{'descr': '<f4'", "',' is missing at character 16");
  check("{'descr': '<f4', 'fortran_order': False}", "one of them is missing");
  check("{'descr': '<f4', 'descr': '<f4'}", "\"descr\" stands twice");
  check("{'order': 1}", "it has \"order\"");
  check("{'descr': '<f4}", "a quote is not closed");
  check("{'fortran_order': Maybe}", "fortran_order is neither True nor False");
  check("{'shape': (2.5,)}", "',' is missing at character 13");
  check("{'shape': (-1,)}", "a size of the shape is no whole number");
  check("{'shape': 3}", "'(' is missing at character 11");
  check(dictionary("|u1", "(0,)") + "more", "text follows it");
  BOOST_TEST(refused("PK\3\4 this is a zip file") == "m: this is no NPY file: it does not begin with \\x93NUMPY");
  BOOST_TEST(refused("") == "m: the file is empty");
  BOOST_TEST(refused("\x93NUMPY\4" + std::string(20, '\0')) ==
             "m: it is of version 4.0 of NPY, and 1.0, 2.0 and 3.0 are read");
  BOOST_TEST(refused("\x93NUMPY\2" + std::string("\0\xff\xff\xff\xff", 5)) ==
             "m: a header of 4294967295 bytes is beyond belief");
}

BOOST_AUTO_TEST_CASE(a_file_cut_short_anywhere_or_with_any_byte_changed_does_no_harm) {
  check_damaged(numbers("<i2", "(2, 3)", raw<std::int16_t>({1, 2, 3, 4, 5, 6})), [](const auto& b) { parse(b); });
  check_damaged(npy_file(dictionary(">f4", "(3, 2)", "True"), std::string(24, 'a')), [](const auto& b) { parse(b); });
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read_or_written_are_told) {
  const Folder folder;
  const std::string missing = (folder / "no.npy").string();
  BOOST_TEST(refusal([&] { load_npy(missing); }).starts_with(missing + ": "));
  BOOST_TEST(refusal([&] { load_npy(folder.path); }).starts_with(folder.path.string() + ": "));
  BOOST_TEST(refusal([&] { save_npy(folder / "no/x.npy", Tensor{1}); }).starts_with((folder / "no/x.npy").string()));
  BOOST_CHECK_THROW(save_npy(folder / "x.npy", Tensor()), ValueError);
  BOOST_TEST(fs::is_empty(folder.path));
}

BOOST_AUTO_TEST_SUITE_END()
