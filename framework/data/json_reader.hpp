// JSON that may be anybody's: each member is what it should be, or one sentence says which is not. For the encoders
// alone.
#pragma once

#include <cinta/framework/data/encoder.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <unordered_set>

namespace cinta {

using Json = nlohmann::ordered_json;

Json written_target(const EncodedTarget& target);

/// Every function throws `FileError`, beginning with the name of the text.
class JsonReader {
 public:
  explicit JsonReader(std::string_view name) : name_(name) {}

  [[noreturn]] void fail(const std::string& what) const { throw FileError(fmt::format("{}: {}", name_, what)); }

  /// An object of this format and version.
  Json parse(std::string_view json, std::string_view format, int version) const;

  const Json& member(const Json& object, const char* key) const {
    if (!object.is_object()) fail(fmt::format("an object with \"{}\" should stand where there is none", key));
    const auto found = object.find(key);
    if (found == object.end()) fail(fmt::format("\"{}\" is missing", key));
    return *found;
  }
  const Json& array(const Json& object, const char* key) const {
    const Json& out = member(object, key);
    if (!out.is_array()) fail(fmt::format("\"{}\" is no list", key));
    return out;
  }
  const std::string& text(const Json& object, const char* key) const {
    const Json& out = member(object, key);
    if (!out.is_string()) fail(fmt::format("\"{}\" is no text", key));
    return out.get_ref<const std::string&>();
  }
  double number(const Json& object, const char* key) const {
    const Json& out = member(object, key);
    if (!out.is_number() || !std::isfinite(out.get<double>())) fail(fmt::format("\"{}\" is no finite number", key));
    return out.get<double>();
  }
  bool boolean(const Json& object, const char* key) const {
    const Json& out = member(object, key);
    if (!out.is_boolean()) fail(fmt::format("\"{}\" is neither true nor false", key));
    return out.get<bool>();
  }
  double deviation(const Json& object) const {
    const double out = number(object, "deviation");
    if (out < 0) fail("a \"deviation\" is negative");
    return out;
  }
  std::vector<std::string> texts(const Json& object, const char* key) const {
    std::vector<std::string> out;
    std::unordered_set<std::string> seen;
    for (const Json& item : array(object, key)) {
      if (!item.is_string()) fail(fmt::format("an item of \"{}\" is no text", key));
      out.push_back(item.get<std::string>());
      if (!seen.insert(out.back()).second) fail(fmt::format("\"{}\" stands twice in \"{}\"", out.back(), key));
    }
    return out;
  }
  template <class Enum, std::size_t n>
  Enum one_of(const Json& object, const char* key, const std::array<std::string_view, n>& words) const {
    const std::string& word = text(object, key);
    for (std::size_t i = 0; i < n; ++i)
      if (words[i] == word) return static_cast<Enum>(i);
    fail(fmt::format("the {} \"{}\" is unknown", key, word));
  }

  /// What `written_target` wrote.
  EncodedTarget target(const Json& json) const;

 private:
  std::string name_;
};

}  // namespace cinta
