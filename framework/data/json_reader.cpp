#include <cinta/framework/core/error.hpp>
#include <cinta/framework/data/cell.hpp>
#include <cinta/framework/data/json_reader.hpp>

namespace cinta {
namespace {

constexpr std::array<std::string_view, 3> tasks{"regression", "binary", "multiclass"};
constexpr std::array<std::string_view, 3> types{"numeric", "boolean", "categorical"};

}  // namespace

Json written_target(const EncodedTarget& target) {
  Json out{{"name", target.name}, {"task", to_string(target.task)}, {"type", to_string(target.type)}};
  if (target.task == Task::regression) {
    out["mean"] = target.mean;
    out["deviation"] = target.deviation;
  } else {
    out["classes"] = target.classes;
  }
  return out;
}

Json JsonReader::parse(std::string_view json, std::string_view format, int version) const {
  Json out = Json::parse(json, nullptr, false);
  if (out.is_discarded()) fail("this is no JSON");
  if (text(out, "format") != format) fail(fmt::format("the format is not \"{}\"", format));
  if (const double found = number(out, "version"); found != version)
    fail(fmt::format("the encoder is of version {}; this program reads version {}", found, version));
  return out;
}

EncodedTarget JsonReader::target(const Json& json) const {
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

}  // namespace cinta
