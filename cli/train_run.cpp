#include "train_run.hpp"

#include "aids.hpp"

#include "command.hpp"
#include "screen.hpp"

#include <cinta/framework/nn/init.hpp>
#include <cinta/framework/nn/summary.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <cmath>

namespace cinta::cli {
namespace {

std::string source_of(const Encoder& encoder) { return fmt::format("{} columns", encoder.columns().size()); }
std::string source_of(const ArrayEncoder& encoder) {
  return fmt::format("examples of shape {}", to_string(encoder.example()));
}

std::string settings_text(const TrainFlags& f, const Optimizer& optimizer) {
  return fmt::format("{}; batch {}{}, at most {} epochs, patience {}; dropout {}, l1 {}, l2 {}; seed {}",
                     optimizer.text(), f.batch, f.shards == 1 ? "" : fmt::format(" in {} shards", f.shards), f.epochs,
                     f.patience, f.dropout, f.l1, f.l2, f.seed);
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

// A batch of rows that count for nothing has no mean loss: they are left out.
Batch counting_rows(Batch batch) {
  if (!batch.weight.defined()) return batch;
  const Tensor weights = convert(batch.weight, f64);
  std::vector<std::int64_t> counting;
  for (std::int64_t row = 0; row < weights.size(); ++row)
    if (weights.span<double>()[static_cast<std::size_t>(row)] > 0) counting.push_back(row);
  return static_cast<std::int64_t>(counting.size()) == weights.size() ? batch : rows(batch, counting);
}

// What a model that always gives the mean of the training targets, or the shares of the classes, says of n rows.
template <class E> Tensor baseline_predictions(const E& encoder, const Tensor& seen, std::int64_t n, Dtype dtype) {
  const Tensor values = encoder.task() == Task::multiclass ? one_hot(seen, encoder.outputs(), dtype) : seen;
  const Tensor means = mean(values, 0, {.keepdims = true});
  const Tensor all = broadcast_to(means, {n, means.shape()[1]});
  return encoder.task() == Task::regression ? encoder.decode(all) : all;
}

Json settings_json(const TrainFlags& flags) {
  return {{"hidden", flags.hidden},
          {"activation", flags.activation},
          {"optimizer", flags.optimizer},
          {"lr", flags.learning_rate},
          {"schedule", flags.schedule},
          {"batch", flags.batch},
          {"dropout", flags.dropout},
          {"l1", flags.l1},
          {"l2", flags.l2},
          {"epochs", flags.epochs},
          {"patience", flags.patience},
          {"seed", flags.seed},
          {"dtype", flags.dtype}};
}

Json result_json(const TrainFlags& flags, Task task, const RunResult& result) {
  Json json{{"task", to_string(task)},
            {"seed", flags.seed},
            {"epochs", result.history.epochs.size()},
            {"best_epoch", result.history.best_epoch},
            {"seconds", std::round(result.seconds * 1000) / 1000}};
  json["test"] = json_of(result.test);
  json["baseline"] = json_of(result.baseline);
  return json;
}

Json run_json(const TrainFlags& flags, const RunData& run, std::int64_t parameters, const RunResult& result) {
  Json json{{"data", flags.data},
            {"target", run.target},
            {"model", flags.model},
            {"classes", run.classes},
            {"rows", {{"training", run.rows[0]}, {"validation", run.rows[1]}, {"test", run.rows[2]}}},
            {"features", run.features},
            {"parameters", parameters},
            {"notes", run.notes},
            {"settings", settings_json(flags)},
            {"stopped_early", result.history.stopped_early},
            {"interrupted", result.history.interrupted}};
  json.update(result_json(flags, run.task, result));
  if (!flags.out.empty()) json["written"] = flags.out;
  return json;
}

template <class E> void write_model(const TrainFlags& flags, const models::EncodedModel<E>& model,
                                    const std::string& settings, const RunResult& result) {
  try {
    FolderTransaction files(flags.out);
    models::write(model, files, {{"data", flags.data}, {"training", settings}});
    files.write("history.csv", result.history.to_csv());
    files.write("metrics.json", result_json(flags, model.encoder.task(), result).dump(2) + "\n");
    files.commit();
  } catch (const FileError& e) {
    throw RunError(e.what());  // the folder could be written before the work
  }
}

template <class E> void train(const TrainFlags& flags, const TrainSettings& settings, E encoder,
                              const Parts<typename E::Data>& parts, const std::string& description) {
  const RunData data{description,
                     encoder.target(),
                     source_of(encoder),
                     encoder.task(),
                     encoder.classes(),
                     encoder.notes(),
                     encoder.feature_count(),
                     {parts.train.rows(), parts.validates ? parts.valid.rows() : 0, parts.test.rows()}};
  MlpOptions shape = settings.shape;
  shape.inputs = encoder.feature_count();
  shape.outputs = encoder.outputs();
  check_memory(shape, settings.dtype, flags.hidden);
  const Batch batch = counting_rows(encoder.encode(parts.train, settings.dtype));
  const Tensor weights = class_weights(flags, encoder.classes(), batch.y, settings.dtype);
  FitOptions<Batch> options{.epochs = flags.epochs,
                            .batch_size = settings.batch,
                            .seed = flags.seed,
                            .shards = flags.shards,
                            .patience = flags.patience,
                            .penalty = {flags.l1, flags.l2},
                            .progress = ProgressMode::automatic,
                            .interruptible = true,
                            .file = nullptr,
                            .line = 0};
  if (parts.validates) options.validation = encoder.encode(parts.valid, settings.dtype);
  encoder.features(parts.test, settings.dtype);  // what does not fit is told before the work
  encoder.targets(parts.test, settings.dtype);

  models::EncodedModel<E> model{std::move(encoder), Mlp(shape), settings.dtype, settings.kind};
  init(model.net, {.seed = flags.seed, .dtype = settings.dtype});
  const std::int64_t n = rows_of(batch), batches = (n - 1) / std::min<std::int64_t>(settings.batch, n) + 1;
  Optimizer optimizer = optimizer_by_name(
      flags.optimizer, schedule_named(flags.schedule, flags.learning_rate, static_cast<long>(batches * flags.epochs)));
  const std::string text = settings_text(flags, optimizer);
  if (!flags.json) {
    print_data(data);
    fmt::print("\n{}\n", summary(model.net));
    print_lines("", text);
    fmt::print("\n");
    std::fflush(stdout);
  }

  Aids aids(flags.profile, flags.memory);
  const auto start = std::chrono::steady_clock::now();
  RunResult result;
  result.history = fit(model.net, models::TaskLoss{data.task, settings.kind, weights}, optimizer, batch, options);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.test = model.evaluate(parts.test);
  const Tensor baseline = baseline_predictions(model.encoder, model.encoder.targets(parts.train, settings.dtype),
                                               data.rows[2], settings.dtype);
  result.baseline = model.metrics(baseline, parts.test);
  if (!flags.json) print_result(data, result);
  if (!flags.out.empty()) write_model(flags, model, text, result);
  const std::string seen = aids.finish(model.net, optimizer);
  if (!flags.json) fmt::print("{}", seen);
  if (flags.json) print_json(run_json(flags, data, count(model.net), result));
  else if (!flags.out.empty()) {
    const bool spaces = flags.out.find(' ') != std::string::npos;  // a shell would take it for two words
    fmt::print("\n");
    print_lines("", fmt::format("written: {}/model.safetensors, model.json, history.csv, metrics.json", flags.out));
    fmt::print("apply it: cinta predict --model {} --data FILE{} --out predictions.csv\n",  // to be copied: one line
               spaces ? fmt::format("\"{}\"", flags.out) : flags.out, settings.arrays ? "" : ".csv");
  }
  if (result.history.interrupted) exit_code() = interrupted;
}

}  // namespace

void run(const TrainFlags& flags, const TrainSettings& settings, Encoder encoder, const Parts<Table>& parts,
         const std::string& description) {
  train(flags, settings, std::move(encoder), parts, description);
}

void run(const TrainFlags& flags, const TrainSettings& settings, ArrayEncoder encoder, const Parts<ArrayData>& parts,
         const std::string& description) {
  train(flags, settings, std::move(encoder), parts, description);
}

}  // namespace cinta::cli
