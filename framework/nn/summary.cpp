#include <cinta/framework/nn/summary.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cinta::detail {
namespace {

// 1234567 → "1,234,567"
std::string grouped(std::int64_t n) {
  std::string text = std::to_string(n);
  for (auto i = static_cast<std::int64_t>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), ",");
  return text;
}

// "388 B", "1.2 MB" of 1,000 each.
std::string bytes_text(std::int64_t bytes) {
  constexpr std::array units{"B", "kB", "MB", "GB", "TB"};
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 999.95 && unit + 1 < units.size(); ++unit) size /= 1000;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, units[unit]);
}

struct Row {
  std::string name, shape, count, note;
};

struct Totals {
  std::int64_t trainable = 0, frozen = 0, buffers = 0, bytes = 0;
};

Row row_of(const ConstModuleLeaf& leaf, Totals& totals) {
  if (leaf.buffer != nullptr) {
    const Tensor& value = leaf.buffer->value();
    if (!value.defined()) return {leaf.name, "-", "0", "buffer"};
    totals.buffers += value.size();
    return {leaf.name, to_string(value.shape()), grouped(value.size()), "buffer"};
  }
  const Parameter& p = *leaf.parameter;
  (p.frozen() ? totals.frozen : totals.trainable) += p.size();
  totals.bytes += p.size() * static_cast<std::int64_t>(p.initialized() ? size_of(p.raw_value().dtype()) : size_of(f32));
  std::string note = p.frozen() ? "frozen" : "";
  if (!p.initialized()) note += note.empty() ? "not initialised" : ", not initialised";
  return {leaf.name, to_string(p.shape()), grouped(p.size()), note};
}

}  // namespace

std::string summary(const std::vector<ConstModuleLeaf>& leaves) {
  Totals totals;
  std::vector<Row> rows{{"name", "shape", "elements", ""}};
  for (const ConstModuleLeaf& leaf : leaves) rows.push_back(row_of(leaf, totals));
  std::size_t name = 0, shape = 0, count = 0, note = 0;
  for (const Row& r : rows) {
    name = std::max(name, r.name.size());
    shape = std::max(shape, r.shape.size());
    count = std::max(count, r.count.size());
    note = std::max(note, r.note.size());
  }
  const std::string rule(name + shape + count + 4 + (note == 0 ? 0 : note + 2), '-');
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& r = rows[i];
    text += fmt::format("{:<{}}  {:<{}}  {:>{}}{}{}\n", r.name, name, r.shape, shape, r.count, count,
                        r.note.empty() ? "" : "  ", r.note);
    if (i == 0) text += rule + '\n';
  }
  text +=
      fmt::format("{}\n{} parameters ({}): {} trainable, {} frozen", rule, grouped(totals.trainable + totals.frozen),
                  bytes_text(totals.bytes), grouped(totals.trainable), grouped(totals.frozen));
  if (totals.buffers > 0) text += fmt::format("; {} in buffers", grouped(totals.buffers));
  return text + '\n';
}

}  // namespace cinta::detail
