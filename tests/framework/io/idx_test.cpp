// IDX files, plain and compressed: every type, big-endian; what is damaged or lies is refused in one sentence.
#include "array_file_support.hpp"

#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/io/idx.hpp>

#include <zlib.h>

namespace {

using namespace array_file_support;
using namespace cinta;

std::string big32(std::uint32_t n) {
  return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8), static_cast<char>(n)};
}
std::string idx_file(char type, std::initializer_list<std::uint32_t> sizes, const std::string& data) {
  std::string out{'\0', '\0', type, static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) out += big32(size);
  return out + data;
}
std::string gzipped(const std::string& text) {
  std::string out(text.size() + 1000, '\0');
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  BOOST_TEST(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

Tensor parse(const std::string& bytes) { return parse_idx(bytes_of(bytes), "m"); }
std::string refused(const std::string& bytes) {
  return refusal([&] { parse(bytes); });
}
const std::string labels = idx_file(8, {5}, std::string("\0\1\2\3\xff", 5));

}  // namespace

BOOST_AUTO_TEST_SUITE(idx)

BOOST_AUTO_TEST_CASE(every_type_is_read_big_endian) {
  const auto check = [](char type, const std::string& data, const Tensor& expected) {
    for (const std::string& file : {idx_file(type, {2}, data), gzipped(idx_file(type, {2}, data))})
      BOOST_TEST(equal_bytes(parse(file), expected), "type " << int{type});
  };
  check(0x08, "\x7f\xff", tensor({127, 255}, u8));
  check(0x09, "\x80\x7f", tensor({-128, 127}, i32));
  check(0x0B, std::string("\xff\xfe\1\0", 4), tensor({-2, 256}, i32));
  check(0x0C, std::string("\0\1\0\0\xff\xff\xff\xff", 8), tensor({65536, -1}, i32));
  check(0x0D, std::string("\x3f\x80\0\0\xc0\0\0\0", 8), tensor({1, -2}, f32));
  check(0x0E, std::string("\x3f\xf0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0", 16), tensor({1, -2}, f64));
}

BOOST_AUTO_TEST_CASE(images_keep_their_axes) {
  std::string pixels;
  for (int i = 0; i < 24; ++i) pixels += static_cast<char>(10 * i);
  const Tensor x = parse(gzipped(idx_file(8, {2, 3, 4}, pixels)));
  BOOST_TEST(x.shape() == (Shape{2, 3, 4}));
  BOOST_TEST(x(1, 2, 3) == 230);
  BOOST_TEST(parse(idx_file(8, {0, 28, 28}, "")).shape() == (Shape{0, 28, 28}));
}

BOOST_AUTO_TEST_CASE(a_file_is_read_by_its_bytes_whatever_its_name) {
  const Folder folder;
  for (const std::string& bytes : {labels, gzipped(labels)}) {
    write_file_atomically(folder / "labels", bytes);
    BOOST_TEST(equal_bytes(load_idx(folder / "labels"), tensor({0, 1, 2, 3, 255}, u8)));
  }
  // One gzip file behind another is one stream, as gzip itself has it.
  BOOST_TEST(equal_bytes(parse(gzipped(labels.substr(0, 6)) + gzipped(labels.substr(6))), parse(labels)));
}

BOOST_AUTO_TEST_CASE(a_header_that_lies_is_refused) {
  BOOST_TEST(refused(idx_file(8, {5}, "abc")) == "m: its shape [5] takes 5 bytes but 3 follow the header");
  BOOST_TEST(refused(idx_file(8, {2}, "abc")) == "m: its shape [2] takes 2 bytes and more follow the header");
  BOOST_TEST(refused(gzipped(idx_file(8, {5}, "abc"))) == "m: its shape [5] takes 5 bytes but 3 follow the header");
  BOOST_TEST(refused(gzipped(idx_file(8, {2}, "abc"))) == "m: its shape [2] takes 2 bytes and more follow the header");
  BOOST_TEST(refused(idx_file(14, {~0u, ~0u, ~0u}, "")) ==
             "m: its shape [4294967295, 4294967295, 4294967295] takes more than 2^62 bytes");
  const std::string bomb = gzipped(idx_file(8, {1'000'000'000}, "abc"));
  BOOST_TEST(refused(bomb) == "m: its shape [1000000000] takes 1000000000 bytes, which " + std::to_string(bomb.size()) +
                                  " compressed ones can't hold");
  BOOST_TEST(refused(idx_file(8, {1, 1, 1, 1, 1, 1, 1, 1, 1}, "a")) == "m: it has 9 axes, and tensors have at most 8");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_none_is_refused) {
  BOOST_TEST(refused("") == "m: the file is empty");
  BOOST_TEST(refused("\x93NUMPY") == "m: this is no IDX file: it does not begin with two zeros");
  BOOST_TEST(refused(idx_file(7, {1}, "a")) == "m: 0x07 is no element type of IDX");
  BOOST_TEST(refused(gzipped("a line of text")) == "m: this is no IDX file: it does not begin with two zeros");
  BOOST_TEST(refused(gzipped("")) == "m: the file is empty");
}

BOOST_AUTO_TEST_CASE(damaged_compression_is_refused) {
  std::string crc = gzipped(labels), body = crc;
  crc[crc.size() - 8] = static_cast<char>(crc[crc.size() - 8] ^ 1);
  BOOST_TEST(refused(crc) == "m: the compressed bytes are damaged");
  body[12] = static_cast<char>(body[12] ^ 0xff);
  BOOST_TEST(refused(body).starts_with("m: "));
  BOOST_TEST(refused(gzipped(labels) + "junk") == "m: 4 bytes follow the compressed ones");
}

BOOST_AUTO_TEST_CASE(a_file_cut_short_anywhere_or_with_any_byte_changed_does_no_harm) {
  check_damaged(labels, [](const std::string& b) { parse(b); });
  check_damaged(gzipped(labels), [](const std::string& b) { parse(b); });
  check_damaged(idx_file(0x0E, {2, 1}, std::string(16, 'x')), [](const std::string& b) { parse(b); });
}

BOOST_AUTO_TEST_SUITE_END()
