// Encoders as JSON. The text may be anybody's: whatever it is, it gives an encoder or one sentence.
#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/data/json_reader.hpp>

#include <fmt/format.h>

#include <array>
#include <unordered_set>

namespace cinta {
namespace {

using std::size_t;
using Kind = EncodedColumn::Kind;

constexpr int version = 1;
constexpr std::array<std::string_view, 4> kinds{"number", "boolean", "one_hot", "ordered"};

Json written(const EncodedColumn& column) {
  Json out{{"name", column.name}, {"kind", kinds[static_cast<size_t>(column.kind)]}, {"indicator", column.indicator}};
  if (column.kind != Kind::one_hot) out["mean"] = column.mean;
  if (column.kind == Kind::number || column.kind == Kind::ordered) out["deviation"] = column.deviation;
  if (column.kind != Kind::number) out["levels"] = column.levels;
  return out;
}

EncodedColumn column_of(const JsonReader& read, const Json& json) {
  EncodedColumn out;
  out.name = read.text(json, "name");
  out.kind = read.one_of<Kind>(json, "kind", kinds);
  out.indicator = read.boolean(json, "indicator");
  if (out.kind != Kind::one_hot) out.mean = read.number(json, "mean");
  if (out.kind == Kind::number || out.kind == Kind::ordered) out.deviation = read.deviation(json);
  if (out.kind == Kind::number) return out;
  out.levels = read.texts(json, "levels");
  const size_t fewest = out.kind == Kind::one_hot ? 1 : 2;
  if (out.levels.size() < fewest) read.fail(fmt::format("the column \"{}\" has too few levels", out.name));
  return out;
}

}  // namespace

std::string Encoder::to_json() const {
  Json columns = Json::array();
  for (const EncodedColumn& column : columns_) columns.push_back(written(column));
  Json out{
      {"format", "cinta encoder"}, {"version", version}, {"target", written_target(target_)}, {"columns", columns}};
  if (weight_) out["weight"] = *weight_;
  return out.dump(2) + "\n";
}

Encoder Encoder::from_json(std::string_view json, std::string_view name) {
  const JsonReader read(name);
  const Json text = read.parse(json, "cinta encoder", version);
  Encoder out;
  out.target_ = read.target(read.member(text, "target"));
  std::unordered_set<std::string> names{out.target_.name};
  if (text.contains("weight")) names.insert(out.weight_.emplace(read.text(text, "weight")));
  for (const Json& column : read.array(text, "columns")) {
    out.columns_.push_back(column_of(read, column));
    if (!names.insert(out.columns_.back().name).second)
      read.fail(fmt::format("two columns are named \"{}\"", out.columns_.back().name));
  }
  if (out.columns_.empty()) read.fail("\"columns\" is empty");
  return out;
}

}  // namespace cinta
