#include <boost/test/unit_test.hpp>

#include <cinta/framework/io/safetensors.hpp>

#include <unistd.h>

#include <bit>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

namespace fs = std::filesystem;
using namespace cinta;

namespace {

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "cinta-safetensors-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  fs::path operator/(const std::string& name) const { return path / name; }
};

std::string of_length(std::uint64_t n) { return std::string(reinterpret_cast<const char*>(&n), 8); }
std::string file_of(const std::string& header, const std::string& data = "") {
  return of_length(header.size()) + header + data;
}
std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + shape + "],\"data_offsets\":[" + offsets + "]}";
}
SafetensorsFile parse(const std::string& bytes) { return parse_safetensors(std::as_bytes(std::span(bytes)), "m"); }

std::string refusal(const std::string& bytes) {
  try {
    parse(bytes);
  } catch (const FileError& error) {
    return error.what();
  }
  return "accepted";
}
std::string refusal_of(const std::string& entries, std::size_t data_bytes) {
  return refusal(file_of("{" + entries + "}", std::string(data_bytes, '\0')));
}

template <class T> Tensor from_bits(std::initializer_list<std::uint64_t> bits, const Shape& shape) {
  Tensor t = empty(shape, dtype_of<T>);
  char* out = static_cast<char*>(t.mutable_raw());
  for (const std::uint64_t b : bits) std::memcpy(std::exchange(out, out + sizeof(T)), &b, sizeof(T));
  return t;
}

std::vector<NamedTensor> samples() {
  return {{"mask", from_bits<std::uint8_t>({0, 1, 255}, {3})},
          {"hidden.weight", from_bits<float>({0x7fc12345, 0xff812345, 0x80000000, 1, 0x7f800000, 0x3f800000}, {2, 3})},
          {"index", tensor({-2147483648.0, 7}, i32)},
          {"deep", from_bits<double>({0x7ff8000000abcdef, 0xfff4000000000001, 1}, {3, 1})},
          {"scalar", scalar(2.5)},
          {"nothing", empty({0, 4})},
          {"größe \"x\"\n\x01", tensor({{1, 2}})}};
}

std::string written(std::span<const NamedTensor> tensors, const std::map<std::string, std::string>& metadata = {}) {
  const Folder folder;
  write_safetensors(folder / "f", tensors, metadata);
  return read_file(folder / "f");
}

std::string write_refusal(std::span<const NamedTensor> tensors,
                          const std::map<std::string, std::string>& metadata = {}) {
  try {
    write_safetensors("/dev/null", tensors, metadata);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(safetensors)

BOOST_AUTO_TEST_CASE(every_bit_of_every_type_survives_a_file) {
  const Folder folder;
  const std::map<std::string, std::string> metadata{{"format", "cinta"}, {"ñ", "\"\\\n"}, {"", ""}};
  write_safetensors(folder / "f", samples(), metadata);
  const SafetensorsFile file = read_safetensors(folder / "f");
  BOOST_TEST((file.metadata == metadata));
  BOOST_TEST(file.tensors.size() == samples().size());
  for (const NamedTensor& t : samples()) {
    BOOST_TEST_CONTEXT(t.name) {
      BOOST_REQUIRE(file.find(t.name) != nullptr);
      BOOST_TEST(equal_bytes(*file.find(t.name), t.tensor));
    }
  }
  BOOST_TEST(file.find("hidden") == nullptr);
}

BOOST_AUTO_TEST_CASE(the_bytes_are_those_of_the_format) {
  const std::vector<NamedTensor> tensors{{"b", tensor({1, 0}, u8)}, {"a", tensor({{1}, {2}})}};
  const std::string header = R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                             R"("b":{"dtype":"U8","shape":[2],"data_offsets":[8,10]}})";
  const std::string data("\0\0\x80\x3f\0\0\0\x40\1\0", 10);
  BOOST_TEST(header.size() == 134u);
  BOOST_TEST(written(tensors, {{"k", "v"}}) == file_of(header + "  ", data));
  BOOST_TEST(written({}) == file_of("{}      "));
}

BOOST_AUTO_TEST_CASE(each_tensor_is_aligned_to_its_elements) {
  const std::string bytes = written(samples());
  const SafetensorsFile file = parse(bytes);
  std::size_t at = bytes.size();
  for (auto t = file.tensors.rbegin(); t != file.tensors.rend(); ++t) {
    at -= t->tensor.bytes();
    BOOST_TEST(at % size_of(t->tensor.dtype()) == 0u);
  }
  BOOST_TEST(at % 8 == 0u);
}

BOOST_AUTO_TEST_CASE(tensors_come_in_the_order_of_their_bytes) {
  const SafetensorsFile file =
      parse(file_of("{" + entry("z", "F32", "1", "4,8") + "," + entry("none", "F32", "0", "4,4") + "," +
                        entry("a", "F32", "", "0,4") + "}",
                    std::string(8, '\0')));
  BOOST_REQUIRE(file.tensors.size() == 3u);
  BOOST_TEST(file.tensors[0].name == "a");
  BOOST_TEST(file.tensors[1].name == "none");
  BOOST_TEST(file.tensors[2].name == "z");
  BOOST_TEST(file.tensors[0].tensor.rank() == 0);
  BOOST_TEST(parse(file_of("{}")).tensors.empty());
}

BOOST_AUTO_TEST_CASE(other_types_are_converted_when_nothing_is_lost) {
  const auto file = [](const std::string& dtype, std::size_t width, std::initializer_list<std::uint64_t> elements) {
    std::string data;
    for (const std::uint64_t e : elements) data += of_length(e).substr(0, width);
    const std::string offsets = "0," + std::to_string(data.size());
    return file_of("{" + entry("t", dtype, std::to_string(elements.size()), offsets) + "}", data);
  };
  const auto read = [&](auto... arguments) { return parse(file(arguments...)).tensors[0].tensor; };
  using Bits = std::initializer_list<std::uint64_t>;
  const Tensor f16 = read("F16", 2, Bits{0, 0x8000, 1, 0x83ff, 0x400, 0x3c00, 0xc100, 0x7bff, 0xfc00, 0x7e01});
  BOOST_TEST(equal_bytes(
      f16, from_bits<float>({0, 0x80000000, std::bit_cast<std::uint32_t>(0x1p-24f),
                             std::bit_cast<std::uint32_t>(-1023 * 0x1p-24f), std::bit_cast<std::uint32_t>(0x1p-14f),
                             0x3f800000, 0xc0200000, std::bit_cast<std::uint32_t>(65504.0f), 0xff800000, 0x7fc02000},
                            {10})));
  BOOST_TEST(equal_bytes(read("BF16", 2, Bits{0x3f80, 0x8001, 0x7fc1}),
                         from_bits<float>({0x3f800000, 0x80010000, 0x7fc10000}, {3})));
  BOOST_TEST(equal_bytes(read("BOOL", 1, Bits{0, 1, 7}), tensor({0, 1, 1}, u8)));
  BOOST_TEST(equal_bytes(read("I64", 8, Bits{0x7fffffff, 0xffffffff80000000, 5}),
                         tensor({2147483647, -2147483648.0, 5}, i32)));
  BOOST_TEST(refusal(file("I64", 8, {5, 0x80000000})) == "m: tensor \"t\" holds 2147483648, which does not fit in i32");
  BOOST_TEST(refusal(file("F8_E4M3", 1, {5})) ==
             "m: tensor \"t\" is of type \"F8_E4M3\"; F32, F64, F16, BF16, I32, I64, U8 and BOOL can be read");
}

BOOST_AUTO_TEST_CASE(a_wrong_length_of_the_header_is_refused) {
  BOOST_TEST(refusal("") == "m: the file is empty");
  BOOST_TEST(refusal("1234567") == "m: the file ends in the length of its header, at byte 7");
  BOOST_TEST(refusal(of_length(0) + "{}") == "m: the header's length is 0");
  BOOST_TEST(refusal(of_length(1000) + "{}") == "m: the header ends at byte 1,008 but the file has 10");
  const std::string allowed = " bytes and at most 100,000,000 are allowed; is this a safetensors file?";
  BOOST_TEST(refusal(of_length(100'000'001) + "{}") == "m: the header's length is 100,000,001" + allowed);
  BOOST_TEST(refusal(of_length(std::uint64_t{1} << 63) + "{}") ==
             "m: the header's length is 9,223,372,036,854,775,808" + allowed);
  BOOST_TEST(refusal(of_length(~std::uint64_t{0}) + "{}") ==
             "m: the header's length is 18,446,744,073,709,551,615" + allowed);
}

BOOST_AUTO_TEST_CASE(a_header_that_is_no_json_object_is_refused) {
  const std::string no_object = "m: the header is no JSON object; is this a safetensors file?";
  BOOST_TEST(refusal(file_of("[1, 2]")) == no_object);
  BOOST_TEST(refusal(file_of(" {}")) == no_object);
  BOOST_TEST(refusal(file_of("{\"a\": }")) == "m: the header is no JSON from its byte 7 on");
  BOOST_TEST(refusal(file_of("{} x")) == "m: the header is no JSON from its byte 4 on");
  BOOST_TEST(refusal(file_of("{\"\xff\": 1}")) == "m: the header is no JSON from its byte 3 on");
  BOOST_TEST(refusal(file_of(std::string("{}\0", 3))) == "m: the header is no JSON from its byte 3 on");
  BOOST_TEST(refusal(file_of("{\"a\": 1e999}")) == "m: the header is no JSON from its byte 11 on");
  std::string deep = "{";
  for (int i = 0; i < 1'000'000; ++i) deep += "\"a\":{";
  BOOST_TEST(refusal(file_of(deep)) == "m: tensor \"a\" has an entry \"a\", which the format does not know");
}

BOOST_AUTO_TEST_CASE(an_entry_of_another_form_is_refused) {
  const auto why = [](const std::string& entries) { return refusal_of(entries, 4); };
  const std::string good = entry("t", "F32", "1", "0,4");
  BOOST_TEST(why(good) == "accepted");
  BOOST_TEST(why("\"t\":3") == "m: \"t\" is described by 3 where an object is wanted");
  BOOST_TEST(why("\"t\":[]") == "m: \"t\" is described by a list where an object is wanted");
  BOOST_TEST(why(good + "," + good) == "m: the header names \"t\" twice");
  BOOST_TEST(why(R"("t":{"dtype":"F32","shape":[1]})") == "m: tensor \"t\" has no data_offsets");
  BOOST_TEST(why(R"("t":{"dtype":"F32","dtype":"F32"})") == "m: \"dtype\" of tensor \"t\" is given twice");
  BOOST_TEST(why(R"("t":{"dtype":4})") == "m: the dtype of tensor \"t\" is 4 where text is wanted");
  BOOST_TEST(why(R"("t":{"dtype":["F32"]})") == "m: the dtype of tensor \"t\" is a list where text is wanted");
  BOOST_TEST(why(R"("t":{"shape":null})") == "m: the shape of tensor \"t\" is null where a list is wanted");
  BOOST_TEST(why(R"("t":{"shape":[[1]]})") == "m: the shape of tensor \"t\" holds a list where a size is wanted");
  BOOST_TEST(why(R"("t":{"shape":[1.5]})") == "m: the shape of tensor \"t\" holds 1.5 where a size is wanted");
  BOOST_TEST(why(R"("t":{"data_offsets":[0,-4]})") ==
             "m: the data_offsets of tensor \"t\" hold -4 where a byte's number is wanted");
  BOOST_TEST(why(R"("t":{"data_offsets":[0]})") == "m: the data_offsets of tensor \"t\" are not two numbers");
  BOOST_TEST(why(R"("t":{"data_offsets":[0,4,4]})") == "m: the data_offsets of tensor \"t\" are not two numbers");
  BOOST_TEST(why(R"("__metadata__":{"k":1})") == "m: the metadata \"k\" is 1 where text is wanted");
  BOOST_TEST(why(R"("__metadata__":{"k":"1","k":"2"})") == "m: \"k\" of the metadata is given twice");
  BOOST_TEST(why(R"("__metadata__":"k")") == "m: \"__metadata__\" is described by text where an object is wanted");
}

BOOST_AUTO_TEST_CASE(a_shape_that_can_not_be_is_refused) {
  const auto why = [](const std::string& shape) { return refusal_of(entry("t", "F32", shape, "0,4"), 4); };
  BOOST_TEST(why("-1") == "m: tensor \"t\" has a negative size in its shape: -1");
  BOOST_TEST(why("4294967296,4294967296") == "m: tensor \"t\" has a shape of too many elements");
  BOOST_TEST(why("4611686018427387904,4,0") == "m: tensor \"t\" has a shape of too many elements");
  BOOST_TEST(why("18446744073709551615") == "m: tensor \"t\" has a shape of too many elements");
  BOOST_TEST(why("99999999999999999999") ==
             "m: the shape of tensor \"t\" holds 99999999999999999999 where a size is wanted");
  BOOST_TEST(why("1,1,1,1,1,1,1,1") == "accepted");
  BOOST_TEST(why("1,1,1,1,1,1,1,1,1") == "m: tensor \"t\" has more than 8 axes");
  const std::string size =
      "m: tensor \"t\" of type F32 and shape [2] does not fill the 4 bytes that the header gives it";
  BOOST_TEST(why("2") == size);
  // 2^62 elements of four bytes are 2^64, which is 0 in 64 bits
  BOOST_TEST(refusal_of(entry("t", "F32", "4611686018427387904", "0,0"), 0)
                 .ends_with("does not fill the 0 bytes that the header gives it"));
}

BOOST_AUTO_TEST_CASE(offsets_that_do_not_tile_the_file_are_refused) {
  const auto why = [](const std::string& offsets, std::size_t data_bytes = 1000, const std::string& more = "") {
    const std::string header = "{" + entry("hidden.weight", "F32", "2", offsets) + more + "}";
    return refusal(
        file_of(header + std::string(192 - header.size(), ' '), std::string(data_bytes, '\0')));  // data from 200 on
  };
  const auto with = [](const std::string& offsets) { return "," + entry("b", "F32", "2", offsets); };
  BOOST_TEST(why("0,8", 8) == "accepted");
  BOOST_TEST(why("0,4194304") == "m: tensor \"hidden.weight\" ends at byte 4,194,504 but the file has 1,200");
  BOOST_TEST(why("0,8", 7) == "m: tensor \"hidden.weight\" ends at byte 208 but the file has 207");
  BOOST_TEST(why("0,18446744073709551615") ==
             "m: tensor \"hidden.weight\" ends at byte 18,446,744,073,709,551,615 but the file has 1,200");
  BOOST_TEST(why("8,0") == "m: tensor \"hidden.weight\" begins at byte 208 and ends at byte 200");
  BOOST_TEST(why("0,8", 16) == "m: the last 8 bytes belong to no tensor");
  BOOST_TEST(why("4,12", 12) == "m: the 4 bytes before tensor \"hidden.weight\" belong to no tensor");
  BOOST_TEST(why("0,8", 12, with("4,12")) ==
             "m: the tensors \"hidden.weight\" and \"b\" overlap: the second begins at byte 204 and the first ends at "
             "byte 208");
  BOOST_TEST(why("0,8", 8, with("0,8")).starts_with("m: the tensors \"hidden.weight\" and \"b\" overlap"));
  BOOST_TEST(why("0,8", 20, with("12,20")) == "m: the 4 bytes before tensor \"b\" belong to no tensor");
  BOOST_TEST(why("0,8", 16, with("8,16")) == "accepted");
}

BOOST_AUTO_TEST_CASE(errors_quote_strange_names_and_cut_long_ones) {
  BOOST_TEST(refusal_of("\"a\\n\\\"é\":3", 0) == "m: \"a\\n\\\"é\" is described by 3 where an object is wanted");
  const std::string sentence = refusal_of("\"" + std::string(5000, 'x') + "\":3", 0);
  BOOST_TEST(sentence == "m: \"" + std::string(100, 'x') + "…\" is described by 3 where an object is wanted");
}

BOOST_AUTO_TEST_CASE(a_file_cut_at_any_byte_is_refused) {
  const std::string whole = written(samples(), {{"k", "v"}});
  BOOST_TEST(refusal(whole) == "accepted");
  for (std::size_t n = 0; n < whole.size(); ++n) BOOST_REQUIRE_NE(refusal(whole.substr(0, n)), "accepted");
}

BOOST_AUTO_TEST_CASE(flipped_bits_are_read_or_refused_and_never_crash) {
  const std::string whole = written(samples(), {{"k", "v"}});
  std::mt19937 random(1);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = whole;
    for (auto flips = 1 + random() % 4; flips > 0; --flips)
      bytes[random() % bytes.size()] ^= static_cast<char>(1u << random() % 8);
    const std::string sentence = refusal(bytes);
    refused += sentence != "accepted";
    BOOST_REQUIRE_EQUAL(sentence.find('\n'), std::string::npos);
  }
  BOOST_TEST(refused > 500);
  BOOST_TEST(refused < 2000);
}

BOOST_AUTO_TEST_CASE(the_path_begins_the_sentence_and_a_folder_is_no_file) {
  const Folder folder;
  const auto why = [](const fs::path& path) {
    try {
      read_safetensors(path);
    } catch (const FileError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  write_file_atomically(folder / "f", of_length(0));
  BOOST_TEST(why(folder / "f") == (folder / "f").string() + ": the header's length is 0");
  BOOST_TEST(why(folder.path) == folder.path.string() + ": can't be read: is a directory");
  BOOST_TEST(why(folder / "none") == (folder / "none").string() + ": can't be read: no such file or directory");
}

BOOST_AUTO_TEST_CASE(what_the_format_can_not_hold_is_not_written) {
  const Tensor x{1, 2};
  const std::string who = "write_safetensors: ";
  using Tensors = std::vector<NamedTensor>;
  BOOST_TEST(write_refusal(Tensors{{"a", x}, {"a", x}}) == who + "two tensors are named \"a\"");
  BOOST_TEST(write_refusal(Tensors{{"__metadata__", x}}) == who + "\"__metadata__\" can't be a tensor's name");
  BOOST_TEST(write_refusal(Tensors{{"a", Tensor()}}) == who + "tensor \"a\" is undefined");
  BOOST_TEST(write_refusal(Tensors{{"a\xff", x}}) == who + "\"a\uFFFD\" is not UTF-8");
  BOOST_TEST(write_refusal({}, {{"k", "\xff"}}) == who + "\"\uFFFD\" is not UTF-8");
  BOOST_TEST(write_refusal({}, {{"k", std::string(100'000'000, 'x')}}) ==
             who + "the header would have 100,000,032 bytes, and the format allows 100,000,000");
}

BOOST_AUTO_TEST_SUITE_END()
