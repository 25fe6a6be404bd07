#include <cinta/framework/core/error.hpp>
#include <cinta/framework/io/safetensors_header.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

namespace cinta {
namespace {

using nlohmann::json;

struct TypeRow {
  std::string_view name;
  std::size_t size;
};
constexpr TypeRow type_rows[] = {{"F64", 8}, {"F32", 4}, {"I32", 4},  {"U8", 1},
                                 {"I64", 8}, {"F16", 2}, {"BF16", 2}, {"BOOL", 1}};
const TypeRow& row(StoredType type) { return type_rows[static_cast<std::size_t>(type)]; }

/// Takes the header as the parser reads it: no tree is built, and nesting is refused where it begins.
class HeaderReader : public nlohmann::json_sax<json> {
 public:
  explicit HeaderReader(const std::string& file) : file_(file) {}

  SafetensorsHeader take() { return std::move(header_); }

  bool null() override { misplaced("null"); }
  bool boolean(bool) override { misplaced("a truth value"); }
  bool number_float(double, const std::string& text) override { misplaced(text); }
  bool binary(json::binary_t&) override { misplaced("binary data"); }
  bool number_integer(std::int64_t n) override {
    if (place_ == Place::shape)
      refuse(fmt::format("tensor {} has a negative size in its shape: {}", quoted_name(name_), n));
    misplaced(std::to_string(n));
  }

  bool number_unsigned(std::uint64_t n) override {
    if (place_ == Place::shape) {
      if (sizes_.size() == Shape::max_rank)
        refuse(fmt::format("tensor {} has more than {} axes", quoted_name(name_), int{Shape::max_rank}));
      if (n > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) too_many_elements();
      sizes_.push_back(static_cast<std::int64_t>(n));
    } else if (place_ == Place::offsets) {
      offsets_.push_back(n);
      if (offsets_.size() > 2) wrong_offsets();
    } else {
      misplaced(std::to_string(n));
    }
    return true;
  }

  bool string(std::string& text) override {
    if (place_ == Place::metadata) header_.metadata.insert_or_assign(key_, text);
    else if (place_ == Place::tensor && key_ == "dtype") set_type(text);
    else misplaced("text");
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::outside) place_ = Place::file;
    else if (place_ != Place::file) misplaced("an object");
    else place_ = name_ == "__metadata__" ? Place::metadata : Place::tensor;
    keys_.clear();
    return true;
  }

  bool key(std::string& text) override {
    if (place_ == Place::file) {
      if (!names_.insert(text).second) refuse(fmt::format("the header names {} twice", quoted_name(text)));
      name_ = text;
      return true;
    }
    if (!keys_.insert(text).second)
      refuse(fmt::format("{} of {} is given twice", quoted_name(text),
                         place_ == Place::tensor ? "tensor " + quoted_name(name_) : "the metadata"));
    if (place_ == Place::tensor && text != "dtype" && text != "shape" && text != "data_offsets")
      refuse(fmt::format("tensor {} has an entry {}, which the format does not know", quoted_name(name_),
                         quoted_name(text)));
    key_ = text;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::tensor) add_entry();
    place_ = place_ == Place::file ? Place::outside : Place::file;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::tensor || key_ == "dtype") misplaced("a list");
    place_ = key_ == "shape" ? Place::shape : Place::offsets;
    (place_ == Place::shape ? static_cast<void>(sizes_.clear()) : offsets_.clear());
    return true;
  }

  bool end_array() override {
    if (place_ == Place::offsets && offsets_.size() < 2) wrong_offsets();
    place_ = Place::tensor;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    refuse_text(position);
  }

  [[noreturn]] void refuse_text(std::size_t position) const {
    refuse(fmt::format("the header is no JSON from its byte {} on", with_commas(position)));
  }

 private:
  enum class Place { outside, file, metadata, tensor, shape, offsets };

  [[noreturn]] void refuse(const std::string& why) const { throw FileError(file_ + ": " + why); }

  [[noreturn]] void misplaced(const std::string& found) const {
    switch (place_) {
      case Place::file:
        refuse(fmt::format("{} is described by {} where an object is wanted", quoted_name(name_), found));
      case Place::metadata:
        refuse(fmt::format("the metadata {} is {} where text is wanted", quoted_name(key_), found));
      case Place::shape:
        refuse(fmt::format("the shape of tensor {} holds {} where a size is wanted", quoted_name(name_), found));
      case Place::offsets:
        refuse(fmt::format("the data_offsets of tensor {} hold {} where a byte's number is wanted", quoted_name(name_),
                           found));
      default:
        refuse(fmt::format("the {} of tensor {} is {} where {} is wanted", key_, quoted_name(name_), found,
                           key_ == "dtype" ? "text" : "a list"));
    }
  }

  [[noreturn]] void too_many_elements() const {
    refuse(fmt::format("tensor {} has a shape of too many elements", quoted_name(name_)));
  }
  [[noreturn]] void wrong_offsets() const {
    refuse(fmt::format("the data_offsets of tensor {} are not two numbers", quoted_name(name_)));
  }

  void set_type(const std::string& name) {
    const auto* found =
        std::find_if(std::begin(type_rows), std::end(type_rows), [&](const TypeRow& r) { return r.name == name; });
    if (found == std::end(type_rows))
      refuse(fmt::format("tensor {} is of type {}; F32, F64, F16, BF16, I32, I64, U8 and BOOL can be read",
                         quoted_name(name_), quoted_name(name)));
    type_ = static_cast<StoredType>(found - type_rows);
  }

  void add_entry() {
    for (const char* needed : {"dtype", "shape", "data_offsets"})
      if (!keys_.contains(needed)) refuse(fmt::format("tensor {} has no {}", quoted_name(name_), needed));
    SafetensorsEntry entry{name_, type_, {}, offsets_[0], offsets_[1]};
    try {
      entry.shape = Shape(sizes_);
    } catch (const ShapeError&) {
      too_many_elements();
    }
    header_.entries.push_back(std::move(entry));
  }

  const std::string& file_;
  SafetensorsHeader header_;
  Place place_ = Place::outside;
  std::set<std::string> names_;  // of the file: a tree, for a hash can be made to collide
  std::set<std::string> keys_;   // of the innermost object, which closes before another opens beside it
  std::string name_, key_;
  StoredType type_ = StoredType::F32;
  std::vector<std::int64_t> sizes_;
  std::vector<std::uint64_t> offsets_;
};

/// Each tensor begins where the one before it ends, and the last ends with the file.
void check_layout(std::span<const SafetensorsEntry> entries, const std::string& file, std::uint64_t data_begin,
                  std::uint64_t file_size) {
  const auto refuse = [&](const std::string& why) { throw FileError(file + ": " + why); };
  const auto in_file = [&](std::uint64_t offset) {  // the byte of the file; a wild offset stays as it is
    return with_commas(offset > std::numeric_limits<std::uint64_t>::max() - data_begin ? offset : offset + data_begin);
  };
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const SafetensorsEntry& e = entries[i];
    const std::string name = quoted_name(e.name);
    if (e.begin > e.end)
      refuse(fmt::format("tensor {} begins at byte {} and ends at byte {}", name, in_file(e.begin), in_file(e.end)));
    if (e.end > file_size - data_begin)
      refuse(
          fmt::format("tensor {} ends at byte {} but the file has {}", name, in_file(e.end), with_commas(file_size)));
    const auto elements = static_cast<std::uint64_t>(e.shape.size());
    if ((e.end - e.begin) % size_of(e.type) != 0 || (e.end - e.begin) / size_of(e.type) != elements)
      refuse(fmt::format("tensor {} of type {} and shape {} does not fill the {} bytes that the header gives it", name,
                         row(e.type).name, to_string(e.shape), with_commas(e.end - e.begin)));
    if (e.begin < next)
      refuse(fmt::format("the tensors {} and {} overlap: the second begins at byte {} and the first ends at byte {}",
                         quoted_name(entries[i - 1].name), name, in_file(e.begin), in_file(next)));
    if (e.begin > next)
      refuse(fmt::format("the {} bytes before tensor {} belong to no tensor", with_commas(e.begin - next), name));
    next = e.end;
  }
  if (next != file_size - data_begin)
    refuse(fmt::format("the last {} bytes belong to no tensor", with_commas(file_size - data_begin - next)));
}

std::string json_text(const std::string& text) {
  try {
    return json(text).dump();
  } catch (const json::exception&) {
    throw ValueError(fmt::format("write_safetensors: {} is not UTF-8", quoted_name(text)));
  }
}

}  // namespace

std::size_t size_of(StoredType type) { return row(type).size; }

StoredType stored_type(Dtype dtype) {
  return dtype == f64   ? StoredType::F64
         : dtype == i32 ? StoredType::I32
         : dtype == u8  ? StoredType::U8
                        : StoredType::F32;
}

SafetensorsHeader parse_safetensors_header(std::string_view text, const std::string& file, std::uint64_t data_begin,
                                           std::uint64_t file_size) {
  if (!text.starts_with('{')) throw FileError(file + ": the header is no JSON object; is this a safetensors file?");
  HeaderReader reader(file);
  if (const auto nul = text.find('\0'); nul != text.npos) reader.refuse_text(nul + 1);  // the parser would end there
  json::sax_parse(text, &reader);
  SafetensorsHeader header = reader.take();
  std::stable_sort(header.entries.begin(), header.entries.end(),
                   [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
                     return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
                   });
  check_layout(header.entries, file, data_begin, file_size);
  return header;
}

std::string format_safetensors_header(std::span<const SafetensorsEntry> entries,
                                      const std::map<std::string, std::string>& metadata) {
  std::string text = "{", separator;
  if (!metadata.empty()) {
    text += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata)
      text += std::exchange(separator, ",") + json_text(key) + ":" + json_text(value);
    text += "}";
  }
  for (const SafetensorsEntry& e : entries)
    text += std::exchange(separator, ",") +
            fmt::format("{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}", json_text(e.name),
                        row(e.type).name, fmt::join(e.shape.begin(), e.shape.end(), ","), e.begin, e.end);
  text += "}";
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

std::string quoted_name(std::string_view name) {
  constexpr std::size_t most = 100;
  const std::string text = json(name.substr(0, most)).dump(-1, ' ', false, json::error_handler_t::replace);
  return name.size() > most ? text.substr(0, text.size() - 1) + "…\"" : text;
}

std::string with_commas(std::uint64_t n) {
  std::string text = std::to_string(n);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

}  // namespace cinta
