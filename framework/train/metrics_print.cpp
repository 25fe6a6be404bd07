// How metrics and confusion matrices are shown, and found by name.
#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/train/metrics.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace cinta {
namespace {

// Characters of UTF-8, as fmt pads them.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string to_string(const ConfusionMatrix& matrix, const std::vector<std::string>& names) {
  constexpr std::string_view corner = "true \\ predicted";
  if (!names.empty() && static_cast<std::int64_t>(names.size()) != matrix.classes)
    throw ValueError(fmt::format("confusion_matrix: {} names for {} classes", names.size(), matrix.classes));
  const auto name = [&](std::int64_t c) {
    return names.empty() ? fmt::format("{}", c) : names[static_cast<std::size_t>(c)];
  };
  std::size_t first = corner.size(), width = 1;
  for (std::int64_t c = 0; c < matrix.classes; ++c) {
    first = std::max(first, width_of(name(c)));
    width = std::max(width, width_of(name(c)));
  }
  for (const std::int64_t count : matrix.counts) width = std::max(width, fmt::formatted_size("{}", count));
  std::string text = fmt::format("{:<{}}", corner, first);
  for (std::int64_t c = 0; c < matrix.classes; ++c) text += fmt::format("  {:>{}}", name(c), width);
  for (std::int64_t truth = 0; truth < matrix.classes; ++truth) {
    text += fmt::format("\n{:<{}}", name(truth), first);
    for (std::int64_t c = 0; c < matrix.classes; ++c) text += fmt::format("  {:>{}}", matrix(truth, c), width);
  }
  return text + "\n";
}

std::ostream& operator<<(std::ostream& out, const ConfusionMatrix& matrix) { return out << to_string(matrix); }

double Metrics::at(std::string_view name, Where where) const {
  std::vector<std::string> known;
  for (const auto& [key, value] : values) {
    if (key == name) return value;
    known.push_back(key);
  }
  throw ValueError(where, fmt::format("there is no metric \"{}\" among {}{}", name, fmt::join(known, ", "),
                                      did_you_mean(name, known)));
}

std::string to_string(const Metrics& metrics) {
  std::size_t width = 0;
  for (const auto& [name, value] : metrics) width = std::max(width, name.size());
  std::string text;
  for (const auto& [name, value] : metrics)
    text += fmt::format("{:<{}}  {:>10}\n", name, width,
                        std::isnan(value) ? std::string("-") : fmt::format("{:.4f}", value));
  return text;
}

std::ostream& operator<<(std::ostream& out, const Metrics& metrics) { return out << to_string(metrics); }

}  // namespace cinta
