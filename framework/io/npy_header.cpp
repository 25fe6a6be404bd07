#include <cinta/framework/io/npy_header.hpp>

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace cinta {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::uint64_t max_header = 1 << 20;  // NumPy itself warns of headers over 10,000 bytes

[[noreturn]] void refuse(const std::string& name, const std::string& why) { throw FileError(name + ": " + why); }

// The few forms of a Python literal that a header is made of.
class Parser {
 public:
  Parser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  [[noreturn]] void fail(const std::string& what) const {
    refuse(name_, fmt::format("the NPY header is no dictionary of descr, fortran_order and shape: {}", what));
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }
  bool next_is(char c) {
    skip_blanks();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(fmt::format("'{}' is missing at character {}", c, at_ + 1));
  }
  bool at_end() {
    skip_blanks();
    return at_ == text_.size();
  }

  std::string_view text() {
    const char quote = next_is('"') ? '"' : '\'';
    expect(quote);
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) fail("a quote is not closed");
    const std::string_view found = text_.substr(at_, end - at_);
    if (found.find('\\') != std::string_view::npos) fail("a name has a backslash");
    at_ = end + 1;
    return found;
  }
  bool boolean() {
    skip_blanks();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}})
      if (text_.substr(at_).starts_with(word)) return at_ += word.size(), value;
    fail("fortran_order is neither True nor False");
  }
  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> sizes;
    expect('(');
    while (!take(')')) {
      std::uint64_t size = 0;
      skip_blanks();
      const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), size);
      if (error == std::errc::result_out_of_range) refuse(name_, "a size of its shape is beyond 64 bits");
      if (error != std::errc()) fail("a size of the shape is no whole number");
      at_ = static_cast<std::size_t>(end - text_.data());
      take('L');  // Python 2 wrote 3L
      sizes.push_back(size);
      if (!next_is(')')) expect(',');
    }
    return sizes;
  }

 private:
  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
};

// "<f4", ">i2", "|u1": the order of bytes, the kind and the size of an element.
NumberLayout layout_of(std::string_view descr, const std::string& name) {
  constexpr std::pair<std::string_view, NumberType> types[] = {
      {"b1", NumberType::BOOL}, {"i1", NumberType::I8},  {"u1", NumberType::U8},  {"i2", NumberType::I16},
      {"u2", NumberType::U16},  {"i4", NumberType::I32}, {"u4", NumberType::U32}, {"i8", NumberType::I64},
      {"u8", NumberType::U64},  {"f2", NumberType::F16}, {"f4", NumberType::F32}, {"f8", NumberType::F64}};
  const std::string_view orders = "<>|=";
  const bool stated = !descr.empty() && orders.find(descr[0]) != std::string_view::npos;
  const std::string_view type = descr.substr(stated ? 1 : 0);
  for (const auto& [code, number] : types) {
    if (code != type) continue;
    if (size_of(number) > 1 && stated && descr[0] == '|') break;
    return {number, stated && descr[0] == '>', false};
  }
  const char kind = type.empty() ? ' ' : type[0];
  refuse(name, fmt::format("it holds {} (\"{}\"), and only numbers and booleans of up to 64 bits are read",
                           kind == 'O'                  ? "Python objects"
                           : kind == 'c'                ? "complex numbers"
                           : kind == 'S' || kind == 'U' ? "text"
                           : kind == 'M' || kind == 'm' ? "dates"
                                                        : "elements of another type",
                           descr.substr(0, 40)));
}

Shape shape_of(std::span<const std::uint64_t> sizes, const std::string& name) {
  if (sizes.size() > Shape::max_rank)
    refuse(name, fmt::format("it has {} axes, and tensors have at most {}", sizes.size(), int{Shape::max_rank}));
  Shape shape;
  for (const std::uint64_t size : sizes) {
    if (size > std::uint64_t{1} << 62) refuse(name, fmt::format("an axis of size {} is beyond any tensor", size));
    shape.push_back(static_cast<std::int64_t>(size));
  }
  return shape;
}

}  // namespace

NpyHeaderPlace place_of_npy_header(std::string_view start, std::uint64_t file_size, const std::string& name) {
  if (file_size == 0) refuse(name, "the file is empty");
  if (!start.starts_with(magic.substr(0, std::min<std::size_t>(file_size, magic.size()))))
    refuse(name, "this is no NPY file: it does not begin with \\x93NUMPY");
  const auto ends = [&] { refuse(name, fmt::format("the file ends in its header, at byte {}", file_size)); };
  if (file_size < magic.size() + 4) ends();
  const auto byte = [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(start[i])); };
  const std::uint64_t major = byte(6), minor = byte(7);
  if (major < 1 || major > 3 || minor != 0)
    refuse(name, fmt::format("it is of version {}.{} of NPY, and 1.0, 2.0 and 3.0 are read", major, minor));
  const std::uint64_t begin = major == 1 ? 10 : 12;
  if (file_size < begin) ends();
  std::uint64_t length = byte(8) | byte(9) << 8;
  if (major > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > max_header) refuse(name, fmt::format("a header of {} bytes is beyond belief", length));
  if (begin + length > file_size)
    refuse(name, fmt::format("the header ends at byte {} but the file has {}", begin + length, file_size));
  return {begin, begin + length};
}

NpyHeader parse_npy_header(std::string_view text, std::uint64_t data_size, const std::string& name) {
  Parser parse(text, name);
  std::string_view descr;
  std::vector<std::uint64_t> sizes;
  bool fortran = false;
  unsigned seen = 0;
  parse.expect('{');
  while (!parse.take('}')) {
    const std::string_view key = parse.text();
    parse.expect(':');
    const unsigned bit = key == "descr" ? 1 : key == "fortran_order" ? 2 : key == "shape" ? 4 : 0;
    if (bit == 0) parse.fail(fmt::format("it has \"{}\"", key.substr(0, 40)));
    if ((seen & bit) != 0) parse.fail(fmt::format("\"{}\" stands twice", key));
    seen |= bit;
    if (bit == 1) {
      if (parse.next_is('[')) refuse(name, "it holds records of several fields, and only numbers are read");
      descr = parse.text();
    } else if (bit == 2) {
      fortran = parse.boolean();
    } else {
      sizes = parse.tuple();
    }
    if (!parse.next_is('}')) parse.expect(',');
  }
  if (seen != 7) parse.fail("one of them is missing");
  if (!parse.at_end()) parse.fail("text follows it");

  NpyHeader header{layout_of(descr, name), {}};
  header.layout.fortran_order = fortran;
  const auto bytes = bytes_of(header.layout.type, sizes);
  const std::string shape = fmt::format("[{}]", fmt::join(sizes, ", "));
  if (!bytes || *bytes > data_size)
    refuse(name, fmt::format("its shape {} takes {} bytes but {} follow the header", shape,
                             bytes ? std::to_string(*bytes) : "more than 2^62", data_size));
  if (*bytes < data_size)
    refuse(name, fmt::format("its shape {} takes {} bytes and {} follow the header", shape, *bytes, data_size));
  header.shape = shape_of(sizes, name);
  return header;
}

std::string format_npy_header(Dtype dtype, const Shape& shape) {
  constexpr std::string_view descr[] = {"<f4", "<f8", "<i4", "|u1"};
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                 descr[static_cast<int>(dtype)], fmt::join(shape, ", "), shape.rank() == 1 ? "," : "");
  const std::size_t start = magic.size() + 4, padded = (start + text.size() + 1 + 63) / 64 * 64;
  text.append(padded - start - text.size() - 1, ' ');
  text += '\n';
  std::string out(magic);
  out += std::string_view("\1\0", 2);
  out += static_cast<char>(text.size() & 255);
  out += static_cast<char>(text.size() >> 8);
  return out + text;
}

}  // namespace cinta
