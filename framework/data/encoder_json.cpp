// Encoders as JSON. The text may be anybody's: whatever it is, it gives an encoder or one sentence.
#include <cinta/framework/core/error.hpp>
#include <cinta/framework/data/cell.hpp>
#include <cinta/framework/data/encoder.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <unordered_set>

namespace cinta {
namespace {

using std::size_t;
using Json = nlohmann::ordered_json;
using Kind = EncodedColumn::Kind;

constexpr int version = 1;
constexpr std::array<std::string_view, 4> kinds{"number", "boolean", "one_hot", "ordered"};
constexpr std::array<std::string_view, 3> tasks{"regression", "binary", "multiclass"};
constexpr std::array<std::string_view, 3> types{"numeric", "boolean", "categorical"};

Json written(const EncodedColumn& column) {
  Json out{{"name", column.name}, {"kind", kinds[static_cast<size_t>(column.kind)]}, {"indicator", column.indicator}};
  if (column.kind != Kind::one_hot) out["mean"] = column.mean;
  if (column.kind == Kind::number || column.kind == Kind::ordered) out["deviation"] = column.deviation;
  if (column.kind != Kind::number) out["levels"] = column.levels;
  return out;
}

Json written(const EncodedTarget& target) {
  Json out{{"name", target.name}, {"task", to_string(target.task)}, {"type", to_string(target.type)}};
  if (target.task == Task::regression) {
    out["mean"] = target.mean;
    out["deviation"] = target.deviation;
  } else {
    out["classes"] = target.classes;
  }
  return out;
}

class Reader {
 public:
  explicit Reader(std::string_view name) : name_(name) {}

  [[noreturn]] void fail(const std::string& what) const { throw FileError(fmt::format("{}: {}", name_, what)); }

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
  template <class Enum, size_t n>
  Enum one_of(const Json& object, const char* key, const std::array<std::string_view, n>& words) const {
    const std::string& word = text(object, key);
    for (size_t i = 0; i < n; ++i)
      if (words[i] == word) return static_cast<Enum>(i);
    fail(fmt::format("the {} \"{}\" is unknown", key, word));
  }

  EncodedColumn column(const Json& json) const {
    EncodedColumn out;
    out.name = text(json, "name");
    out.kind = one_of<Kind>(json, "kind", kinds);
    out.indicator = boolean(json, "indicator");
    if (out.kind != Kind::one_hot) out.mean = number(json, "mean");
    if (out.kind == Kind::number || out.kind == Kind::ordered) out.deviation = deviation(json);
    if (out.kind == Kind::number) return out;
    out.levels = texts(json, "levels");
    const size_t fewest = out.kind == Kind::one_hot ? 1 : 2;
    if (out.levels.size() < fewest) fail(fmt::format("the column \"{}\" has too few levels", out.name));
    return out;
  }

  EncodedTarget target(const Json& json) const {
    EncodedTarget out{
        text(json, "name"), one_of<Task>(json, "task", tasks), one_of<ColumnType>(json, "type", types), 0, 1, {}};
    if (out.task == Task::regression) {
      if (out.type == ColumnType::categorical) fail("the target of a regression is categorical");
      out.mean = number(json, "mean");
      out.deviation = deviation(json);
      if (out.deviation == 0) fail("the target's \"deviation\" is 0");
      return out;
    }
    out.classes = texts(json, "classes");
    const bool two = out.task == Task::binary || out.type == ColumnType::boolean;
    if (out.classes.size() < 2 || (two && out.classes.size() != 2))
      fail(fmt::format("the target has {} classes", out.classes.size()));
    if (out.type == ColumnType::boolean && to_boolean(out.classes[0]).value == to_boolean(out.classes[1]).value)
      fail(fmt::format("the classes \"{}\" and \"{}\" are no yes and no", out.classes[0], out.classes[1]));
    return out;
  }

 private:
  std::string name_;
};

}  // namespace

std::string Encoder::to_json() const {
  Json columns = Json::array();
  for (const EncodedColumn& column : columns_) columns.push_back(written(column));
  const Json out{{"format", "cinta encoder"}, {"version", version}, {"target", written(target_)}, {"columns", columns}};
  return out.dump(2) + "\n";
}

Encoder Encoder::from_json(std::string_view json, std::string_view name) {
  const Reader read(name);
  const Json text = Json::parse(json, nullptr, false);
  if (text.is_discarded()) read.fail("this is no JSON");
  if (read.text(text, "format") != "cinta encoder") read.fail("the format is not \"cinta encoder\"");
  if (const double found = read.number(text, "version"); found != version)
    read.fail(fmt::format("the encoder is of version {}; this program reads version {}", found, version));
  Encoder out;
  out.target_ = read.target(read.member(text, "target"));
  std::unordered_set<std::string> names{out.target_.name};
  for (const Json& column : read.array(text, "columns")) {
    out.columns_.push_back(read.column(column));
    if (!names.insert(out.columns_.back().name).second)
      read.fail(fmt::format("two columns are named \"{}\"", out.columns_.back().name));
  }
  if (out.columns_.empty()) read.fail("\"columns\" is empty");
  return out;
}

}  // namespace cinta
