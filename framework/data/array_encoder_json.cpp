// Array encoders as JSON. The text may be anybody's: whatever it is, it gives an encoder or one sentence.
#include <cinta/framework/data/array_encoder.hpp>
#include <cinta/framework/data/json_reader.hpp>

#include <algorithm>

namespace cinta {
namespace {

constexpr int version = 1;

std::vector<double> numbers(const JsonReader& read, const Json& object, const char* key) {
  std::vector<double> out;
  for (const Json& item : read.array(object, key)) {
    if (!item.is_number() || !std::isfinite(item.get<double>()))
      read.fail(fmt::format("an item of \"{}\" is no finite number", key));
    out.push_back(item.get<double>());
  }
  return out;
}

}  // namespace

std::string ArrayEncoder::to_json() const {
  const Json out{{"format", "cinta array encoder"},
                 {"version", version},
                 {"example", std::vector<std::int64_t>(example_.begin(), example_.end())},
                 {"bytes", bytes_},
                 {"mean", means_},
                 {"deviation", deviations_},
                 {"target", written_target(target_)}};
  return out.dump(2) + "\n";
}

ArrayEncoder ArrayEncoder::from_json(std::string_view json, std::string_view name) {
  const JsonReader read(name);
  const Json text = read.parse(json, "cinta array encoder", version);
  constexpr double most = 1 << 30;
  ArrayEncoder out;
  double features = 1;
  for (const double size : numbers(read, text, "example")) {
    if (size < 1 || size != std::floor(size) || (features *= size) > most || out.example_.rank() == Shape::max_rank - 1)
      read.fail("\"example\" is no shape of an example");
    out.example_.push_back(static_cast<std::int64_t>(size));
  }
  out.bytes_ = read.boolean(text, "bytes");
  out.means_ = numbers(read, text, "mean");
  out.deviations_ = numbers(read, text, "deviation");
  const auto count = static_cast<std::int64_t>(out.means_.size());
  if (out.deviations_.size() != out.means_.size() || (count != 1 && count != out.feature_count()))
    read.fail("\"mean\" and \"deviation\" have one number, or one for each feature");
  if (std::any_of(out.deviations_.begin(), out.deviations_.end(), [](double d) { return d < 0; }))
    read.fail("a \"deviation\" is negative");
  out.target_ = read.target(read.member(text, "target"));
  if (out.target_.type != ColumnType::numeric) read.fail("the target of arrays is numeric");
  return out;
}

}  // namespace cinta
