// cinta train: a table or arrays in, a trained model out. Its flags, and the cutting of the data into parts; the run
// itself is in train_run.cpp.
#include "command.hpp"
#include "data_source.hpp"
#include "train_run.hpp"

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/data/partition.hpp>
#include <cinta/framework/data/target_cells.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>

namespace cinta::cli {
namespace {

using models::ModelKind;

// Written aside while training can still be spared: an unwritable folder is told before the work, not after it.
void try_to_write(const std::string& folder) {
  FolderTransaction files(folder);
  files.write("model.json", "");
}

template <class Data> Parts<Data> parts_of(const Data& data, const Partition& p) {
  return {data.select(p.train), data.select(p.valid), data.select(p.test), !p.valid.empty()};
}

// Throws where the target is not what the kind of model predicts. `found` is the task that it would have by itself.
void check_target(const TrainSettings& s, const std::string& target, Task found) {
  if (s.kind == ModelKind::logistic && !s.task && found == Task::regression)
    throw ValueError(
        fmt::format("the target {} is a number to predict, and --model logistic tells classes apart; take "
                    "--model linear",
                    target));
  if (s.kind == ModelKind::perceptron && found != Task::binary)
    throw ValueError(fmt::format("--model perceptron tells two classes apart, and the target {} {}", target,
                                 found == Task::regression ? "is a number to predict" : "has more"));
}

// The perceptron's labels are 0 and 1; a table's may be two words as well, of which the second is 1.
void check_labels(const std::vector<std::string>& classes, const std::string& target) {
  if (classes.size() == 2 && (classes[0] != "0" || classes[1] != "1"))
    throw ValueError(fmt::format("the perceptron's labels are 0 and 1, and the target {} has {} and {}", target,
                                 classes[0], classes[1]));
}

std::optional<Task> check_column(const TrainFlags& flags, const TrainSettings& s, const Table& table) {
  const Column& column = table.column(flags.target);
  const std::string target = fmt::format("\"{}\"", flags.target);
  if (s.kind == ModelKind::mlp) return s.task;
  if (s.kind != ModelKind::linear && flags.task.empty() && !column.doubt.empty()) throw MixedColumn(column);
  if (s.kind == ModelKind::linear) {
    if (column.type != ColumnType::numeric && column.doubt.empty())
      throw ValueError(
          fmt::format("the target {} has classes, and --model linear predicts a number; take --model "
                      "logistic",
                      target));
    return Task::regression;
  }
  check_target(s, target, infer_task(column));
  if (s.kind == ModelKind::perceptron && column.type == ColumnType::numeric && column.missing_count() == 0)
    check_labels(class_codes(column).names, target);
  return s.task;
}

// That each part asked for has rows; with the flags, which `partition` does not know.
void check_parts(const std::string& data, std::int64_t rows, double valid, double test) {
  const auto share = [&](const char* flag, double fraction) {
    const std::int64_t size = std::llround(fraction * static_cast<double>(rows));
    if (fraction > 0 && size == 0)
      throw DataError(
          fmt::format("{}: {} {} of its {} row{} is no row", data, flag, fraction, rows, rows == 1 ? "" : "s"));
    return size;
  };
  const std::int64_t taken = share("--test", test) + share("--valid", valid);
  if (taken >= rows)
    throw DataError(
        fmt::format("{}: --valid {} and --test {} of its {} rows leave none to train on", data, valid, test, rows));
}

void train_on_table(const TrainFlags& flags, const TrainSettings& s) {
  const Table table = read_csv(flags.data, s.csv);
  const std::optional<Task> task = check_column(flags, s, table);
  check_parts(flags.data, table.rows(), flags.valid, flags.test);
  const Partition p = partition(
      table, flags.target,
      {.valid = flags.valid, .test = flags.test, .seed = flags.seed, .stratified = task != Task::regression}, {});
  const Parts<Table> parts = parts_of(table, p);
  EncoderOptions options{.task = task, .ordered = s.ordered, .drop = flags.drop};
  if (!flags.weight.empty()) options.weight = flags.weight;
  run(flags, s, Encoder::fit(parts.train, flags.target, options), parts,
      fmt::format("{}: {} rows, {} columns", table.name(), table.rows(), table.columns()));
}

void train_on_arrays(const TrainFlags& flags, const TrainSettings& s) {
  const ArrayParts given = read_arrays(flags.data, {.labels = flags.labels, .weight = flags.weight});
  if (!given.train.y.defined())
    throw DataError(fmt::format("{}: it has no targets{}", flags.data,
                                flags.data.ends_with(".npz") ? " (an array y)" : "; --labels names their file"));
  if (given.test && flags.has("--test"))
    throw ValueError(
        fmt::format("{} brings examples of its own for the test, and --test asks for a share", flags.data));
  const std::optional<Task> task = s.kind == ModelKind::linear ? Task::regression : s.task;
  const double test = given.test ? 0 : flags.test;
  check_parts(flags.data, given.train.rows(), flags.valid, test);
  const Partition p =
      partition(given.train.y,
                {.valid = flags.valid, .test = test, .seed = flags.seed, .stratified = task != Task::regression}, {});
  Parts<ArrayData> parts = parts_of(given.train, p);
  if (given.test) parts.test = *given.test;
  if (!parts.test.y.defined())
    throw DataError(fmt::format("{}: the examples for the test have no targets", flags.data));
  const std::int64_t n = given.train.rows() + (given.test ? given.test->rows() : 0);
  ArrayEncoder encoder =
      ArrayEncoder::fit(parts.train, {.task = s.kind == ModelKind::perceptron ? std::nullopt : task});
  check_target(s, "y", encoder.task());
  if (s.kind == ModelKind::perceptron) check_labels(encoder.classes(), "y");
  run(flags, s, std::move(encoder), parts, fmt::format("{}: {} examples", flags.data, n));
}

void train(TrainFlags& flags) try {
  flags.data = data_path(flags.data);
  const TrainSettings settings = check_flags(flags, holds_arrays(flags.data));
  if (flags.threads > 0) set_num_threads(static_cast<int>(flags.threads));
  if (!flags.out.empty()) try_to_write(flags.out);
  if (settings.arrays) train_on_arrays(flags, settings);
  else train_on_table(flags, settings);
} catch (const MixedColumn& e) {  // with the flag for it
  throw DataError(fmt::format("{}: --category {}", e.what(), e.column));
}

void add_data_flags(CLI::App& c, TrainFlags& f) {
  c.add_option("--data", f.data,
               "A table (a CSV file with a header line), arrays (.npz, .npy, an IDX file or a folder of them), or "
               "fashion-mnist")
      ->type_name("PATH")
      ->required();
  c.add_option("--target", f.target, "The column of the table to predict")->type_name("COLUMN");
  c.add_option("--labels", f.labels, "The file of targets that goes with a file of inputs")->type_name("FILE");
  c.add_option("--task", f.task, "regression, binary or multiclass; found from the target when not given")
      ->type_name("NAME");
  c.add_option("--drop", f.drop, "Columns to leave out")->type_name("COLUMNS")->delimiter(',');
  c.add_option("--number", f.numbers, "Columns of numbers: a cell that is none is an error")
      ->type_name("COLUMNS")
      ->delimiter(',');
  c.add_option("--category", f.categories, "Columns whose cells are names, also where they are numbers")
      ->type_name("COLUMNS")
      ->delimiter(',');
  c.add_option("--ordered", f.ordered,
               "The order of a column's categories, the lowest first: \"size=small<medium<large\"; may be repeated")
      ->type_name("ORDER")
      ->take_all()
      ->allow_extra_args(false);
  c.add_option("--weight", f.weight, "The column, or array, that says how much each row counts")->type_name("COLUMN");
  c.add_option("--class-weight", f.class_weight,
               "\"balanced\", or a weight for each class by name, 1 where none is given: \"yes=3,no=1\"")
      ->type_name("WEIGHTS");
  c.add_option("--delimiter", f.delimiter, "Between cells: a character or \"tab\"; found when not given")
      ->type_name("CHARACTER");
  c.add_option("--valid", f.valid,
               "The share of the rows that decides which epoch was the best; 0: the last. 0.1 for arrays")
      ->type_name("SHARE")
      ->capture_default_str();
  c.add_option("--test", f.test, "The share of the rows kept for the final figures, where the data bring none")
      ->type_name("SHARE")
      ->capture_default_str();
}

void add_model_flags(CLI::App& c, TrainFlags& f) {
  c.add_option("--model", f.model, "mlp, linear (regression), logistic (of several classes: softmax) or perceptron")
      ->type_name("NAME")
      ->capture_default_str();
  c.add_option("--hidden", f.hidden, "Units of the hidden layers of the mlp, or \"none\"")
      ->type_name("UNITS")
      ->capture_default_str();
  c.add_option("--activation", f.activation, "Of the hidden layers: relu, leaky_relu, elu, gelu, silu, tanh, sigmoid")
      ->type_name("NAME")
      ->capture_default_str();
  c.add_option("--dropout", f.dropout, "The share of hidden units dropped in training; 0.1 for arrays")
      ->type_name("SHARE")
      ->capture_default_str();
  c.add_option("--dtype", f.dtype, "f32 or f64")->type_name("NAME")->capture_default_str();
}

void add_training_flags(CLI::App& c, TrainFlags& f) {
  c.add_option("--optimizer", f.optimizer,
               "gradient_descent, momentum, nesterov, adagrad, rmsprop, adam or adamw; lecture_momentum and "
               "lecture_adagrad as the lesson writes them")
      ->type_name("NAME")
      ->capture_default_str();
  c.add_option("--lr", f.learning_rate, "The learning rate; 0.001 for arrays, 0.1 for a perceptron")
      ->type_name("NUMBER")
      ->capture_default_str();
  c.add_option("--schedule", f.schedule, "Of the learning rate over the epochs: constant, cosine, warmup or step")
      ->type_name("NAME")
      ->capture_default_str();
  c.add_option("--epochs", f.epochs, "Passes over the training part, at most")
      ->type_name("NUMBER")
      ->capture_default_str();
  c.add_option("--batch", f.batch, "Examples an update: a number, or \"full\"; 128 for arrays, 1 for a perceptron")
      ->type_name("NUMBER")
      ->capture_default_str();
  c.add_option("--l1", f.l1, "Penalty on the sum of absolute weights")->type_name("NUMBER")->capture_default_str();
  c.add_option("--l2", f.l2, "Penalty on the sum of squared weights")->type_name("NUMBER")->capture_default_str();
  c.add_option("--patience", f.patience, "Epochs without a better validation loss before training stops; 0: never")
      ->type_name("NUMBER")
      ->capture_default_str();
  c.add_option("--seed", f.seed_text, "Of the split, the first weights, the order of examples and dropout")
      ->type_name("NUMBER")
      ->capture_default_str();
  c.add_option("--shards", f.shards, "Parts of a batch differentiated side by side; another number, another result")
      ->type_name("NUMBER")
      ->capture_default_str();
  c.add_option("--threads", f.threads, "Threads; the result is the same with any number")
      ->type_name("NUMBER")
      ->default_str("all");
}

}  // namespace

void add_train(CLI::App& program) {
  auto flags = std::make_shared<TrainFlags>();
  CLI::App* c = program.add_subcommand("train", "Train a model on a table, or on images and other arrays");
  c->footer(
      "Examples:\n"
      "  cinta train --data churn.csv --target churn --class-weight balanced --out model\n"
      "  cinta train --data prices.csv --target price --model linear --epochs 500\n"
      "  cinta train --data athletes.csv --target wins --ordered \"protein=low<medium<high\" --out model\n"
      "  cinta train --data datasets/iris.csv --target target --hidden 16 --optimizer adam --lr 0.01 --epochs 200\n"
      "  cinta train --data fashion-mnist --hidden 512,512 --epochs 12 --out model\n"
      "  cinta train --data x.npy --labels y.npy --out model");
  c->option_defaults()->group("Data");
  add_data_flags(*c, *flags);
  c->option_defaults()->group("Model");
  add_model_flags(*c, *flags);
  c->option_defaults()->group("Training");
  add_training_flags(*c, *flags);
  c->option_defaults()->group("Output");
  c->add_option("--out", flags->out, "The folder to write the model to")->type_name("FOLDER");
  c->add_flag("--json", flags->json, "Print one JSON object instead of text");
  c->add_option("--profile", flags->profile,
                "A file for the time of every op, for chrome://tracing; the costliest are printed")
      ->type_name("FILE");
  c->add_flag("--memory", flags->memory, "Print what held the memory, and the most that was held");
  c->callback([flags, c] {
    for (const CLI::Option* option : c->get_options())
      if (option->count() > 0) flags->given.insert("--" + option->get_single_name());
    train(*flags);
  });
}

}  // namespace cinta::cli
