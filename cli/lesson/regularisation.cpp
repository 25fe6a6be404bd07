// cinta lesson regularisation: one network that overfits a few noisy points, and what L1, L2, dropout and early
// stopping do about it.
#include "lessons.hpp"
#include "pictures.hpp"

#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/nn/penalties.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cinta::cli {
namespace {

constexpr std::int64_t epochs = 4000, every = 10;  // the losses are looked at every so many epochs

// y = sin 3x + noise, x in [−1, 1).
Batch points(std::int64_t n, std::uint64_t stream, double noise) {
  const Tensor x = uniform({n, 1}, -1, 1, {.seed = 3, .stream = stream, .dtype = f64});
  return {x, sin(3 * x) + normal({n, 1}, 0, noise, {.seed = 3, .stream = stream + 1, .dtype = f64})};
}

struct Data {
  Batch train = points(16, 1, 0.4), valid = points(24, 3, 0.4);
  Batch truth = {reshape(linspace(-1, 1, 201, f64), {201, 1}), sin(3 * reshape(linspace(-1, 1, 201, f64), {201, 1}))};
};

struct Method {
  const char* key;
  Text name, about;
  Penalty penalty;
  double dropout;
  Size patience;
};

const std::vector<Method>& methods() {
  static const std::vector<Method> all{
      {"none", {"none", "ninguna"}, {"4000 epochs, nothing held back", "4000 épocas, sin freno"}, {}, 0, 0},
      {"l1", "L1", {"loss + 0.001 Σ |w|", "pérdida + 0.001 Σ |w|"}, {.l1 = 0.001}, 0, 0},
      {"l2", "L2", {"loss + 0.001 Σ w²", "pérdida + 0.001 Σ w²"}, {.l2 = 0.001}, 0, 0},
      {"dropout",
       "dropout",
       {"0.2 of the hidden units left out at random in each update",
        "0.2 de las neuronas ocultas omitidas al azar en cada actualización"},
       {},
       0.2,
       0},
      {"early_stopping",
       {"early stopping", "parada temprana"},
       {"stops after 200 epochs without a better validation loss, and keeps the best parameters",
        "para tras 200 épocas sin mejorar la pérdida de validación, y conserva los mejores parámetros"},
       {},
       0,
       200},
  };
  return all;
}

// A trained network and the losses on its way.
struct Run {
  Mlp net;
  std::vector<double> epoch, train, valid;
  std::int64_t last = 0, best = 0;
};

Run run(const Method& method, const Data& data) {
  Run result{
      Mlp({.inputs = 1, .hidden = {40, 40}, .activation = Activation::tanh, .dropout = method.dropout}), {}, {}, {}};
  Mlp& net = result.net;
  init(net, {.seed = 1, .dtype = f64});
  struct Watch {
    Run& run;
    const Data& data;
    void on_epoch_end(const EpochRecord& record) {
      run.last = record.epoch;
      if (record.epoch % every != 0 && record.epoch != 1) return;
      run.epoch.push_back(static_cast<double>(record.epoch));
      run.train.push_back(evaluate(run.net, MeanSquaredError{}, data.train));
      run.valid.push_back(evaluate(run.net, MeanSquaredError{}, data.valid));
    }
  };
  FitOptions<Batch> options;
  options.epochs = epochs;
  options.batch_size = full_batch;
  options.seed = 1;
  options.penalty = method.penalty;
  options.patience = method.patience;
  if (method.patience > 0) options.validation = data.valid;  // else the last parameters are kept, good or bad
  const History history = fit(net, MeanSquaredError{}, adam(0.01), data.train, options, Watch{result, data});
  result.best = history.best_epoch;
  return result;
}

// The share of weights, biases apart, that are next to nothing.
double share_near_zero(const Mlp& net) {
  double small = 0, all = 0;
  for (const Linear& layer : net.layers)
    for (const double w : numbers(layer.weight.value())) {
      small += std::abs(w) < 0.01;
      ++all;
    }
  return small / all;
}

void tell_problem(Report& r, const Data& data) {
  r.say({fmt::format(
             "A network that can fit anything fits the noise too. Here are {} points of y = sin 3x with noise of "
             "deviation 0.4, and a 1-40-40-1 network with {} parameters, trained with Adam on mean squared error. "
             "{} more points validate: they show what the network would say of points that it has not seen.",
             data.train.x.size(0), count(Mlp({.inputs = 1, .hidden = {40, 40}})), data.valid.x.size(0)),
         fmt::format("Una red que puede ajustar cualquier cosa ajusta también el ruido. Aquí hay {} puntos de y = "
                     "sen 3x con ruido de desviación 0.4, y una red 1-40-40-1 con {} parámetros, entrenada con "
                     "Adam y error cuadrático medio. Otros {} puntos validan: muestran lo que diría la red de "
                     "puntos que no ha visto.",
                     data.train.x.size(0), count(Mlp({.inputs = 1, .hidden = {40, 40}})), data.valid.x.size(0))});
  std::vector<std::vector<Cell>> rows;
  for (const Method& m : methods()) rows.push_back({m.name, m.about});
  r.table("methods", {"", ""}, {{"method", {"method", "método"}}, {"about", {"training", "entrenamiento"}}}, rows);
}

void tell_results(Report& r, const Data& data, const std::vector<Run>& runs) {
  r.section({"What they do", "Qué hacen"});
  std::vector<std::vector<Cell>> rows;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const Run& run = runs[k];
    const auto loss = [&](const Batch& batch) { return evaluate(run.net, MeanSquaredError{}, batch); };
    rows.push_back({methods()[k].name, double(run.last), loss(data.train), loss(data.valid), loss(data.truth),
                    l1(run.net, 1.0).item<double>(), l2(run.net, 1.0).item<double>(), 100 * share_near_zero(run.net)});
  }
  r.table("results",
          {"at the end: mean squared error, and the size of the weights",
           "al final: error cuadrático medio y tamaño de los pesos"},
          {{"method", {"method", "método"}},
           {"epochs", {"epochs", "épocas"}, 0},
           {"train", {"training", "entrenam."}, 4},
           {"valid", {"validation", "validación"}, 4},
           {"truth", {"to sin 3x", "a sen 3x"}, 4},
           {"l1", "Σ |w|", 1},
           {"l2", "Σ w²", 1},
           {"zero", "≈ 0, %", 0}},
          rows);
  const std::string none = number(100 * share_near_zero(runs[0].net), 0),
                    l1_share = number(100 * share_near_zero(runs[1].net), 0);
  r.say({fmt::format("Unregularised, the training loss falls and falls while the validation loss turns and rises: "
                     "the network learns its points by heart. L1 pulls every weight with the same force, so that "
                     "most end at 0: {} % are under 0.01, where {} % were. L2 pulls large weights most, and keeps "
                     "all of them small. Dropout makes each unit useful without the others. Early stopping ends "
                     "at epoch {} with the parameters of epoch {}, the best on points not trained on.",
                     l1_share, none, runs[4].last, runs[4].best),
         fmt::format("Sin regularización, la pérdida de entrenamiento baja y baja mientras la de validación gira "
                     "y sube: la red memoriza sus puntos. L1 tira de todos los pesos con la misma fuerza, de modo "
                     "que casi todos acaban en 0: el {} % está por debajo de 0.01, cuando antes era el {} %. L2 "
                     "tira más de los pesos grandes y mantiene pequeños todos. Dropout hace que cada neurona sea "
                     "útil sin las demás. La parada temprana termina en la época {} con los parámetros de la "
                     "época {}, los mejores en puntos con los que no se entrenó.",
                     l1_share, none, runs[4].last, runs[4].best)});
}

// A loss at some epochs, a column for each method; nothing where a run had ended.
void tell_losses(Report& r, const std::vector<Run>& runs, const char* key, const Text& caption,
                 std::vector<double> Run::*losses) {
  std::vector<Heading> headings{{"epoch", {"epoch", "época"}, 0}};
  for (const Method& m : methods()) headings.push_back({m.key, m.name, 4});
  std::vector<std::vector<Cell>> rows;
  for (const double epoch : {1.0, 10.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0}) {
    auto& row = rows.emplace_back(std::vector<Cell>{epoch});
    for (const Run& run : runs) {
      const auto at = std::find(run.epoch.begin(), run.epoch.end(), epoch);
      row.push_back(at == run.epoch.end() ? std::nan("")
                                          : (run.*losses)[static_cast<std::size_t>(at - run.epoch.begin())]);
    }
  }
  r.table(key, caption, headings, rows);
}

void draw_losses(Report& r, const std::vector<Run>& runs) {
  std::vector<Figure> panels;
  for (std::size_t k = 0; k < runs.size(); ++k)
    panels.push_back({.title = r.in(methods()[k].name),
                      .x_label = r.in({"epoch", "época"}),
                      .y_label = "",
                      .series = {{.name = r.in({"training", "entrenamiento"}), .x = runs[k].epoch, .y = runs[k].train},
                                 {.name = r.in({"validation", "validación"}), .x = runs[k].epoch, .y = runs[k].valid}},
                      .x_range = Range{0, double(epochs)},
                      .y_range = Range{0.0003, 2},
                      .log_y = true});
  r.figure("loss", std::move(panels));
}

void draw_fits(Report& r, const Data& data, const std::vector<Run>& runs) {
  std::vector<Figure> panels;
  const std::vector<double> x = numbers(data.truth.x);
  for (std::size_t k = 0; k < runs.size(); ++k)
    panels.push_back(
        {.title = r.in(methods()[k].name),
         .x_label = "x",
         .y_label = "y",
         .series = {{.name = r.in({"network", "red"}), .x = x, .y = numbers(predict(runs[k].net, data.truth.x))},
                    {.name = r.in({"sin 3x", "sen 3x"}), .x = x, .y = numbers(data.truth.y)},
                    {.name = r.in({"training points", "puntos de entrenamiento"}),
                     .kind = Series::Kind::points,
                     .x = numbers(data.train.x),
                     .y = numbers(data.train.y),
                     .style = 6}},
         .x_range = Range{-1.05, 1.05},
         .y_range = Range{-2, 2}});
  r.figure("fit", std::move(panels));
}

}  // namespace

void teach_regularisation(Report& r) {
  r.title({"Regularisation", "Regularización"});
  const Data data;
  tell_problem(r, data);
  std::vector<Run> runs;
  for (const Method& method : methods()) runs.push_back(run(method, data));
  tell_results(r, data, runs);
  tell_losses(r, runs, "training", {"training loss on the way", "pérdida de entrenamiento por el camino"}, &Run::train);
  tell_losses(r, runs, "validation", {"validation loss on the way", "pérdida de validación por el camino"},
              &Run::valid);
  draw_losses(r, runs);
  draw_fits(r, data, runs);
}

}  // namespace cinta::cli
