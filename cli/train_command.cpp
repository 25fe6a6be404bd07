// cinta train: a table in, a trained network out.
#include "aids.hpp"
#include "command.hpp"
#include "screen.hpp"

#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/data/partition.hpp>
#include <cinta/framework/nn/summary.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>
#include <cinta/models/table_model.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cmath>

namespace cinta::cli {
namespace {

struct Flags {
  std::string data, target, task, hidden = "64,32", activation = "relu", optimizer = "adamw", schedule = "cosine",
                                  batch = "32", seed_text = "0", out, dtype = "f32", delimiter, profile;
  std::vector<std::string> drop;
  double learning_rate = 0, dropout = 0.2, l1 = 0, l2 = 0, valid = 0.15, test = 0.2;
  std::int64_t epochs = 200, patience = 25, threads = 0;
  std::uint64_t seed = 0;
  bool memory = false;
};

template <class N> N number(const std::string& text, const char* flag) {
  N n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size())
    throw ValueError(fmt::format("{} takes whole numbers, and \"{}\" is none", flag, text));
  return n;
}

std::vector<Size> hidden_widths(const std::string& text) {
  std::vector<Size> widths;
  if (text == "none") return widths;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const auto width = number<std::int64_t>(text.substr(begin, end - begin), "--hidden");
    if (width < 1 || width > 1'000'000)
      throw ValueError(fmt::format("--hidden: a layer has 1 to 1,000,000 units, not {}", width));
    widths.push_back(width);
    begin = end + 1;
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

void check(const Flags& f) {
  check(f.learning_rate > 0 && std::isfinite(f.learning_rate), "--lr", "a number above 0", f.learning_rate);
  check(f.dropout >= 0 && f.dropout < 1, "--dropout", "a probability from 0 to below 1", f.dropout);
  check(f.l1 >= 0 && std::isfinite(f.l1), "--l1", "a number of at least 0", f.l1);
  check(f.l2 >= 0 && std::isfinite(f.l2), "--l2", "a number of at least 0", f.l2);
  check(f.valid >= 0 && f.valid < 1, "--valid", "a fraction from 0 to below 1", f.valid);
  check(f.test > 0 && f.test < 1, "--test", "a fraction between 0 and 1", f.test);
  check(f.epochs >= 1 && f.epochs <= 1'000'000, "--epochs", "a number from 1 to 1,000,000",
        static_cast<double>(f.epochs));
  check(f.patience >= 0, "--patience", "a number of at least 0", static_cast<double>(f.patience));
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

std::optional<Task> task_named(const std::string& name) {
  if (name.empty()) return {};
  return one_of<Task>(name, "--task",
                      {{"regression", Task::regression}, {"binary", Task::binary}, {"multiclass", Task::multiclass}});
}

struct Parts {
  Table train, valid, test;
  bool validates;
};

Parts split(const Table& table, const Flags& flags, std::optional<Task> task) {
  const PartitionOptions options{
      .valid = flags.valid, .test = flags.test, .seed = flags.seed, .stratified = task != Task::regression};
  const Partition p = partition(table, flags.target, options, {});
  return {table.select(p.train), table.select(p.valid), table.select(p.test), !p.valid.empty()};
}

std::string settings_text(const Flags& f, const Optimizer& optimizer) {
  return fmt::format("{}; batch {}, at most {} epochs, patience {}; dropout {}, l1 {}, l2 {}; seed {}",
                     optimizer.text(), f.batch, f.epochs, f.patience, f.dropout, f.l1, f.l2, f.seed);
}

std::string metrics_json(const Flags& flags, Task task, const History& history, const Metrics& test,
                         const Metrics& baseline, double seconds) {
  nlohmann::ordered_json json;
  json["task"] = to_string(task);
  json["seed"] = flags.seed;
  json["epochs"] = history.epochs.size();
  json["best_epoch"] = history.best_epoch;
  json["seconds"] = std::round(seconds * 1000) / 1000;
  const auto put = [](nlohmann::ordered_json& object, const Metrics& metrics) {
    for (const auto& [name, value] : metrics)
      object[name] = std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
  };
  put(json["test"], test);
  put(json["baseline"], baseline);
  return json.dump(2) + "\n";
}

// A parameter, its gradient and two slots of an optimizer; a system that promises more memory than it has would end the
// process.
void check_memory(const MlpOptions& net, Dtype dtype, const std::string& hidden) {
  double before = static_cast<double>(std::int64_t{net.inputs}), weights = 0;
  for (const std::int64_t units : net.hidden) {
    weights += before * static_cast<double>(units);
    before = static_cast<double>(units);
  }
  const double needed = 4 * weights * static_cast<double>(size_of(dtype));
  const double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (needed > memory)
    throw ValueError(fmt::format("--hidden {}: {:.0f} weights take {:.0f} GB to train, and this machine has {:.0f}",
                                 hidden, weights, needed / 1e9, memory / 1e9));
}

// Written aside while training can still be spared: an unwritable folder is told before the work, not after it.
void try_to_write(const std::string& folder) {
  FolderTransaction files(folder);
  files.write("model.json", "");
}

void train(const Flags& flags) {
  check(flags);
  const MlpOptions shape{.hidden = hidden_widths(flags.hidden),
                         .activation = activation_named(flags.activation, {}),
                         .dropout = flags.hidden == "none" ? 0 : flags.dropout};
  const Size size = batch_size(flags.batch);
  const Dtype dtype = one_of<Dtype>(flags.dtype, "--dtype", {{"f32", f32}, {"f64", f64}});
  const std::optional<Task> task = task_named(flags.task);
  optimizer_by_name(flags.optimizer, flags.learning_rate, {});
  schedule_named(flags.schedule, flags.learning_rate, 1);
  if (flags.threads > 0) set_num_threads(static_cast<int>(flags.threads));
  if (!flags.out.empty()) try_to_write(flags.out);

  CsvOptions csv;
  if (flags.delimiter.size() > 1 && flags.delimiter != "tab")
    throw ValueError(fmt::format("--delimiter takes one character or \"tab\", not \"{}\"", flags.delimiter));
  if (!flags.delimiter.empty()) csv.delimiter = flags.delimiter == "tab" ? '\t' : flags.delimiter.front();
  const Table table = read_csv(flags.data, csv);
  const Parts parts = split(table, flags, task);
  models::TableModel model{Encoder::fit(parts.train, flags.target, {.task = task, .drop = flags.drop}),
                           Mlp({.inputs = 1}), dtype};
  MlpOptions sized = shape;
  sized.inputs = model.encoder.feature_count();
  sized.outputs = model.encoder.outputs();
  check_memory(sized, dtype, flags.hidden);
  model.net = Mlp(sized);
  init(model.net, {.seed = flags.seed, .dtype = dtype});
  const Batch train_part = model.encoder.encode(parts.train, dtype);
  const std::int64_t batches = (parts.train.rows() - 1) / std::min<std::int64_t>(size, parts.train.rows()) + 1;
  Optimizer optimizer = optimizer_by_name(
      flags.optimizer, schedule_named(flags.schedule, flags.learning_rate, static_cast<long>(batches * flags.epochs)));
  print_data(table, model.encoder, {parts.train.rows(), parts.valid.rows(), parts.test.rows()});
  fmt::print("\n{}\n{}\n\n", summary(model.net), settings_text(flags, optimizer));
  std::fflush(stdout);

  FitOptions<Batch> options{.epochs = flags.epochs,
                            .batch_size = size,
                            .seed = flags.seed,
                            .patience = flags.patience,
                            .penalty = {flags.l1, flags.l2},
                            .progress = ProgressMode::automatic,
                            .interruptible = true,
                            .file = nullptr,
                            .line = 0};
  if (parts.validates) options.validation = model.encoder.encode(parts.valid, dtype);
  Aids aids(flags.profile, flags.memory);
  const auto start = std::chrono::steady_clock::now();
  const History history = fit(model.net, models::TaskLoss{model.encoder.task()}, optimizer, train_part, options);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  aids.finish(model.net, optimizer);
  const Metrics test = model.evaluate(parts.test),
                baseline = baseline_metrics(model.encoder, parts.train, parts.test, dtype);
  print_result(model.encoder, history, seconds, test, baseline, parts.test.rows());
  if (!flags.out.empty()) {
    try {
      FolderTransaction files(flags.out);
      models::write(model, files, {{"data", flags.data}, {"training", settings_text(flags, optimizer)}});
      files.write("history.csv", history.to_csv());
      files.write("metrics.json", metrics_json(flags, model.encoder.task(), history, test, baseline, seconds));
      files.commit();
    } catch (const FileError& e) {
      throw RunError(e.what());
    }
    fmt::print(
        "\nwritten: {0}/model.safetensors, model.json, history.csv, metrics.json\napply it: cinta predict --model {0} "
        "--data FILE.csv --out predictions.csv\n",
        flags.out);
  }
  if (history.interrupted) exit_code() = interrupted;
}

}  // namespace

void add_train(CLI::App& program) {
  auto flags = std::make_shared<Flags>();
  CLI::App* c = program.add_subcommand("train", "Train a network on a table");
  c->footer(
      "Examples:\n"
      "  cinta train --data churn.csv --target churn --out model\n"
      "  cinta train --data prices.csv --target price --hidden none     # linear regression\n"
      "  cinta train --data iris.csv --target species --hidden 16 --optimizer adam --lr 0.01 --epochs 200");
  const auto text = [&](const char* name, std::string& value, const char* help) {
    return c->add_option(name, value, help)->capture_default_str();
  };
  const auto figure = [&](const char* name, auto& value, const char* help) {
    return c->add_option(name, value, help)->capture_default_str();
  };
  text("--data", flags->data, "The table: a CSV file with a header line")->required();
  text("--target", flags->target, "The column to predict")->required();
  text("--task", flags->task, "regression, binary or multiclass; found from the column when not given");
  c->add_option("--drop", flags->drop, "Columns to leave out")->delimiter(',');
  text("--delimiter", flags->delimiter, "Between cells: a character or \"tab\"; found when not given");
  text("--hidden", flags->hidden, "Units of the hidden layers; \"none\" is the linear or logistic model");
  text("--activation", flags->activation, "Of the hidden layers");
  text("--optimizer", flags->optimizer, "gradient_descent, momentum, nesterov, adagrad, rmsprop, adam or adamw");
  figure("--lr", flags->learning_rate, "The learning rate")->default_val(0.005);
  text("--schedule", flags->schedule, "Of the learning rate over the epochs: constant, cosine, warmup or step");
  figure("--epochs", flags->epochs, "Passes over the training part, at most");
  text("--batch", flags->batch, "Examples an update: a number, or \"full\"");
  figure("--dropout", flags->dropout, "The share of hidden units dropped in training");
  figure("--l1", flags->l1, "Penalty on the sum of absolute weights");
  figure("--l2", flags->l2, "Penalty on the sum of squared weights");
  figure("--patience", flags->patience, "Epochs without a better validation loss before training stops; 0: never");
  figure("--valid", flags->valid, "The share of the rows that decides which epoch was the best; 0: the last");
  figure("--test", flags->test, "The share of the rows kept for the final figures");
  text("--seed", flags->seed_text, "Of the split, the first weights, the order of examples and dropout");
  figure("--threads", flags->threads, "Threads; the result is the same with any number")->default_str("all");
  text("--dtype", flags->dtype, "f32 or f64");
  text("--out", flags->out, "The folder to write the model to");
  text("--profile", flags->profile, "A file for the time of every op, for chrome://tracing; the costliest are printed");
  c->add_flag("--memory", flags->memory, "Prints what held the memory, and the most that was held");
  c->callback([flags] {
    flags->seed = number<std::uint64_t>(flags->seed_text, "--seed");  // CLI11 would take -1 for 2⁶⁴ − 1
    train(*flags);
  });
}

}  // namespace cinta::cli
