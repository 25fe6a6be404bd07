#include "train_flags.hpp"

#include "text.hpp"

#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/data/batch_order.hpp>
#include <cinta/framework/data/cell.hpp>
#include <cinta/framework/data/class_weights.hpp>
#include <cinta/framework/optim/optimizers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace cinta::cli {
namespace {

using models::ModelKind;

template <class N> N number(std::string_view text, const char* flag) {
  N n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size())
    throw ValueError(fmt::format("{} takes whole numbers, and \"{}\" is none", flag, text));
  return n;
}

std::vector<Size> hidden_widths(const std::string& text) {
  std::vector<Size> widths;
  if (text == "none") return widths;
  for (const std::string_view part : split(text, ',')) {
    const auto width = number<std::int64_t>(part, "--hidden");
    if (width < 1 || width > 1'000'000)
      throw ValueError(fmt::format("--hidden: a layer has 1 to 1,000,000 units, not {}", width));
    widths.push_back(width);
  }
  return widths;
}

Size batch_size(const std::string& text) {
  if (text == "full") return full_batch;
  const auto n = number<std::int64_t>(text, "--batch");
  if (n < 1) throw ValueError(fmt::format("--batch takes \"full\" or a number of at least 1, not {}", n));
  return n;
}

void check(bool holds, const char* flag, const char* range, double value) {
  if (!holds) throw ValueError(fmt::format("{} takes {}, not {}", flag, range, value));
}

void check_ranges(const TrainFlags& f) {
  check(f.learning_rate > 0 && std::isfinite(f.learning_rate), "--lr", "a number above 0", f.learning_rate);
  check(f.dropout >= 0 && f.dropout < 1, "--dropout", "a probability from 0 to below 1", f.dropout);
  check(f.l1 >= 0 && std::isfinite(f.l1), "--l1", "a number of at least 0", f.l1);
  check(f.l2 >= 0 && std::isfinite(f.l2), "--l2", "a number of at least 0", f.l2);
  check(f.valid >= 0 && f.valid < 1, "--valid", "a fraction from 0 to below 1", f.valid);
  check(f.test > 0 && f.test < 1, "--test", "a fraction between 0 and 1", f.test);
  check(f.epochs >= 1 && f.epochs <= 1'000'000, "--epochs", "a number from 1 to 1,000,000",
        static_cast<double>(f.epochs));
  check(f.patience >= 0, "--patience", "a number of at least 0", static_cast<double>(f.patience));
  check(f.shards >= 1 && f.shards <= 1024, "--shards", "a number from 1 to 1024", static_cast<double>(f.shards));
  check(f.threads >= 0 && f.threads <= 1024, "--threads", "a number from 1 to 1024, or 0 for all",
        static_cast<double>(f.threads));
}

template <class V>
V one_of(const std::string& text, const char* flag, const std::vector<std::pair<std::string, V>>& known) {
  std::vector<std::string> names;
  for (const auto& [name, value] : known) {
    if (name == text) return value;
    names.push_back(name);
  }
  throw ValueError(fmt::format("{}: there is no \"{}\"; it takes {}{}", flag, text, fmt::join(names, ", "),
                               did_you_mean(text, names)));
}

// "protein=Bajo<Medio<Alto": the categories of a column, the lowest first.
std::map<std::string, std::vector<std::string>> orders(const std::vector<std::string>& texts) {
  std::map<std::string, std::vector<std::string>> all;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=', text.find('<'));  // a column's name may have one too
    if (equals == std::string::npos || equals == 0 || text.find('<') == std::string::npos)
      throw ValueError(fmt::format("--ordered takes COLUMN=LOWEST<…<HIGHEST, not \"{}\"", text));
    std::vector<std::string>& levels = all[text.substr(0, equals)];
    if (!levels.empty())
      throw ValueError(fmt::format("--ordered: the column \"{}\" is ordered twice", text.substr(0, equals)));
    for (const std::string_view level : split(std::string_view(text).substr(equals + 1), '<')) {
      levels.emplace_back(trimmed(level));
      if (levels.back().empty()) throw ValueError(fmt::format("--ordered: a category is empty in \"{}\"", text));
    }
  }
  return all;
}

// The types that were given for columns, as far as they do not contradict another flag.
std::map<std::string, ColumnType> types(const TrainFlags& flags,
                                        const std::map<std::string, std::vector<std::string>>& ordered) {
  std::map<std::string, ColumnType> all;
  for (const std::string& name : flags.numbers) all[name] = ColumnType::numeric;
  for (const std::string& name : flags.categories) {
    if (!all.emplace(name, ColumnType::categorical).second && all[name] == ColumnType::numeric)
      throw ValueError(fmt::format("the column \"{}\" stands under --number and under --category", name));
    if (name == flags.weight)
      throw ValueError(fmt::format("the column \"{}\" stands under --weight and under --category", name));
  }
  for (const std::string& name : flags.numbers)
    if (ordered.contains(name))
      throw ValueError(fmt::format("the column \"{}\" stands under --number and under --ordered", name));
  return all;
}

std::optional<Task> task_named(const std::string& name) {
  if (name.empty()) return {};
  return one_of<Task>(name, "--task",
                      {{"regression", Task::regression}, {"binary", Task::binary}, {"multiclass", Task::multiclass}});
}

// What a kind of model rules out, and the task that it settles.
std::optional<Task> check_kind(const TrainFlags& flags, ModelKind kind, std::optional<Task> task) {
  if (kind == ModelKind::mlp) return task;
  for (const char* flag : {"--hidden", "--activation", "--dropout"})
    if (flags.has(flag) && flags.hidden != "none")
      throw ValueError(
          fmt::format("--model {} has no hidden layer, and {} is about those of --model mlp", flags.model, flag));
  const bool classes = task && *task != Task::regression;
  if (kind == ModelKind::linear && classes)
    throw ValueError(fmt::format("--model linear is a regression, and --task says {}", flags.task));
  if (kind != ModelKind::linear && task == Task::regression)
    throw ValueError(fmt::format("--model {} tells classes apart, and --task says regression", flags.model));
  if (kind != ModelKind::perceptron) return task;
  if (task == Task::multiclass)
    throw ValueError("--model perceptron tells two classes apart, and --task says multiclass");
  for (const char* flag : {"--weight", "--class-weight"})
    if (flags.has(flag))
      throw ValueError(fmt::format("{}: the perceptron's rule takes one example at a time, as it is", flag));
  return Task::binary;
}

void check_source(const TrainFlags& flags, bool arrays) {
  for (const char* flag : {"--target", "--drop", "--number", "--category", "--ordered", "--delimiter"})
    if (arrays && flags.has(flag))
      throw ValueError(fmt::format("{} is about the columns of a table, and {} {}", flag, flags.data,
                                   std::filesystem::is_directory(flags.data) ? "is a folder" : "holds arrays"));
  if (arrays) return;
  if (flags.has("--labels"))
    throw ValueError("--labels is about arrays; of a table, --target names the column to predict");
  if (flags.target.empty()) throw ValueError("--target is required");
}

// What suits the model and the data, where nothing was asked for.
void set_defaults(TrainFlags& flags, ModelKind kind, bool arrays) {
  const bool rule = kind == ModelKind::perceptron;
  if (!flags.has("--lr")) flags.learning_rate = rule ? 0.1 : arrays ? 0.001 : 0.005;
  if (!flags.has("--batch")) flags.batch = rule ? "1" : arrays ? "128" : "32";
  // 0.2 and 0.15 for images too cost half a per cent of Fashion-MNIST's accuracy.
  if (arrays && !flags.has("--dropout")) flags.dropout = 0.1;
  if (arrays && !flags.has("--valid")) flags.valid = 0.1;
  if (rule && !flags.has("--optimizer")) flags.optimizer = "gradient_descent";
  if (rule && !flags.has("--schedule")) flags.schedule = "constant";
  if (kind != ModelKind::mlp) flags.hidden = "none";
  if (flags.hidden == "none") flags.dropout = 0;
}

}  // namespace

Hyper schedule_named(const std::string& name, double rate, long steps) {
  enum Kind { constant_rate, cosine_rate, warmup_rate, step_rate };
  switch (one_of<Kind>(
      name, "--schedule",
      {{"constant", constant_rate}, {"cosine", cosine_rate}, {"warmup", warmup_rate}, {"step", step_rate}})) {
    case cosine_rate:
      return cosine(rate, steps);
    case warmup_rate:
      return warmup_cosine(rate, std::max(1L, steps / 20), std::max(2L, steps));
    case step_rate:
      return step_decay(rate, std::max(1L, steps / 3));
    default:
      return rate;
  }
}

TrainSettings check_flags(TrainFlags& flags, bool arrays) {
  flags.seed = number<std::uint64_t>(flags.seed_text, "--seed");  // CLI11 would take -1 for 2⁶⁴ − 1
  check_ranges(flags);
  TrainSettings s;
  s.arrays = arrays;
  s.kind = models::model_kind_named(flags.model);
  s.task = check_kind(flags, s.kind, task_named(flags.task));
  check_source(flags, arrays);
  set_defaults(flags, s.kind, arrays);
  s.shape = {.hidden = hidden_widths(flags.hidden),
             .activation = activation_named(flags.activation, {}),
             .dropout = flags.dropout};
  s.batch = batch_size(flags.batch);
  if (s.batch == 1)
    for (const char* flag : {"--weight", "--class-weight"})
      if (flags.has(flag))
        throw ValueError(fmt::format(
            "{} with --batch 1 would change nothing: a weight counts beside those of other examples", flag));
  s.dtype = one_of<Dtype>(flags.dtype, "--dtype", {{"f32", f32}, {"f64", f64}});
  s.ordered = orders(flags.ordered);
  s.csv.types = types(flags, s.ordered);
  optimizer_by_name(flags.optimizer, flags.learning_rate, {});
  schedule_named(flags.schedule, flags.learning_rate, 1);
  if (flags.delimiter.size() > 1 && flags.delimiter != "tab")
    throw ValueError(fmt::format("--delimiter takes one character or \"tab\", not \"{}\"", flags.delimiter));
  if (!flags.delimiter.empty()) s.csv.delimiter = flags.delimiter == "tab" ? '\t' : flags.delimiter.front();
  return s;
}

Tensor class_weights(const TrainFlags& flags, const std::vector<std::string>& classes, const Tensor& targets,
                     Dtype dtype) {
  if (flags.class_weight.empty()) return {};
  if (classes.empty()) throw ValueError("--class-weight is about classes, and the task is a regression");
  const auto k = static_cast<std::int64_t>(classes.size());
  if (flags.class_weight == "balanced") return balanced_class_weights(targets, k, dtype, {});
  std::vector<double> weights(classes.size(), 1);
  std::set<std::string> seen;
  for (const std::string_view part : split(flags.class_weight, ',')) {
    const std::size_t equals = part.rfind('=');
    const std::optional<double> weight =
        equals == std::string_view::npos ? std::nullopt : to_number(trimmed(part.substr(equals + 1)));
    if (!weight) throw ValueError(fmt::format("--class-weight takes \"balanced\" or CLASS=WEIGHT, not \"{}\"", part));
    const std::string name(trimmed(part.substr(0, equals)));
    const auto found = std::find(classes.begin(), classes.end(), name);
    if (found == classes.end())
      throw ValueError(fmt::format("--class-weight: \"{}\" is none of the classes {}{}", name,
                                   fmt::join(std::span(classes).first(std::min<std::size_t>(20, classes.size())), ", "),
                                   did_you_mean(name, classes)));
    if (!seen.insert(name).second) throw ValueError(fmt::format("--class-weight: \"{}\" stands twice", name));
    check(*weight >= 0 && std::isfinite(*weight), "--class-weight", "finite numbers of at least 0", *weight);
    weights[static_cast<std::size_t>(found - classes.begin())] = *weight;
  }
  if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0; }))
    throw ValueError("--class-weight: every class has weight 0, so that nothing counts");
  return convert(tensor(std::span<const double>(weights), {k}), dtype);
}

}  // namespace cinta::cli
