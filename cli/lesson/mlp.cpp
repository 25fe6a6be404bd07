// cinta lesson mlp: layers and their parameters, what the output layer is for each task, and a network trained on iris.
#include "lessons.hpp"
#include "pictures.hpp"

#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/data/partition.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>
#include <cinta/framework/train/metrics.hpp>
#include <cinta/models/task_head.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cinta::cli {
namespace {

using models::TaskLoss;

void tell_layers(Report& r, const Mlp& net) {
  r.section({"Layers", "Capas"});
  r.say(
      {"A multilayer perceptron has one input for each feature, hidden layers of as many units as one likes, and "
       "an output layer that depends on the task. Every unit takes all values of the layer before: a layer from m "
       "to n units has m · n weights and n biases. This one tells three species of iris apart by four measures.",
       "Un perceptrón multicapa tiene una entrada por atributo, capas ocultas con tantas neuronas como se quiera "
       "y una capa de salida que depende de la tarea. Cada neurona recibe todos los valores de la capa anterior: "
       "una capa de m a n neuronas tiene m · n pesos y n sesgos. Esta red distingue tres especies de lirio por "
       "cuatro medidas."});
  std::vector<std::vector<Cell>> rows;
  for (std::size_t i = 0; i < net.layers.size(); ++i) {
    const Linear& layer = net.layers[i];
    const bool last = i + 1 == net.layers.size();
    rows.push_back({last ? Text("output", "salida") : Text("hidden", "oculta"), double(layer.in()), double(layer.out()),
                    double(layer.weight.size()), double(layer.bias.size()), Text(last ? "softmax" : "tanh")});
  }
  r.table("layers", {"", ""},
          {{"layer", {"layer", "capa"}},
           {"inputs", {"inputs", "entradas"}, 0},
           {"units", {"units", "neuronas"}, 0},
           {"weights", {"weights", "pesos"}, 0},
           {"biases", {"biases", "sesgos"}, 0},
           {"activation", {"activation", "activación"}}},
          rows);
  r.value("parameters", {"parameters in all", "parámetros en total"}, static_cast<double>(count(net)), 0);
}

// What the head of a task makes of logits, and the loss of one example.
void tell_tasks(Report& r) {
  r.section({"The output, by task", "La salida, según la tarea"});
  r.table("heads", {"", ""},
          {{"task", {"task", "tarea"}},
           {"units", {"units", "neuronas"}},
           {"activation", {"activation", "activación"}},
           {"loss", {"loss", "pérdida"}}},
          {{Text("regression", "regresión"), Text("1"), Text("linear", "lineal"),
            Text("mean squared error", "error cuadrático medio")},
           {Text("binary", "binaria"), Text("1"), Text("sigmoid", "sigmoide"),
            Text("binary cross-entropy", "entropía cruzada binaria")},
           {Text("multiclass", "multiclase"), Text("K"), Text("softmax"),
            Text("categorical cross-entropy", "entropía cruzada categórica")}});
  r.say(
      {"(The lecture's table has sigmoid and binary cross-entropy in each other's place.) For the same sums "
       "before the activation:",
       "(La tabla de la clase tiene intercambiadas la sigmoide y la entropía cruzada binaria.) Para las mismas "
       "sumas antes de la activación:"});
  struct Example {
    Text name;
    Task task;
    Tensor logits, target;
    const char *u, *y;
  };
  const Example examples[] = {
      {{"regression", "regresión"}, Task::regression, tensor({{0.8}}, f64), tensor({{0.5}}, f64), "0.8", "0.5"},
      {{"binary", "binaria"}, Task::binary, tensor({{0.8}}, f64), tensor({{1}}, f64), "0.8", "1"},
      {{"multiclass", "multiclase"},
       Task::multiclass,
       tensor({{0.8, -0.2, 0.1}}, f64),
       tensor({0}, i32),
       "(0.8, -0.2, 0.1)",
       "1"}};
  std::vector<std::vector<Cell>> rows;
  for (const Example& e : examples)
    rows.push_back({e.name, Text(e.u), numbers(models::output_activation(e.task, e.logits))[0], Text(e.y),
                    mean(TaskLoss{e.task}(e.logits, e.target)).item<double>()});
  r.table("examples", {"", ""},
          {{"task", {"task", "tarea"}},
           {"u", "u"},
           {"output", {"ŷ (of the first)", "ŷ (de la primera)"}, 4},
           {"target", "y"},
           {"loss", {"loss", "pérdida"}, 4}},
          rows);
}

struct Iris {
  Encoder encoder;
  Batch train, valid, test;
};

Iris iris() {
  const Table table = read_csv(dataset_path("iris.csv"));
  const Partition part = partition(table, "target", {.valid = 0.2, .test = 0.2, .seed = 1});
  const Encoder encoder = Encoder::fit(table.select(part.train), "target");
  return {encoder, encoder.encode(table.select(part.train), f64), encoder.encode(table.select(part.valid), f64),
          encoder.encode(table.select(part.test), f64)};
}

void draw_losses(Report& r, const History& history) {
  Series train{.name = r.in({"training", "entrenamiento"}), .x = {}, .y = {}},
      valid{.name = r.in({"validation", "validación"}), .x = {}, .y = {}};
  for (const EpochRecord& e : history.epochs) {
    for (Series* s : {&train, &valid}) s->x.push_back(static_cast<double>(e.epoch));
    train.y.push_back(e.loss);
    valid.y.push_back(e.valid_loss);
  }
  r.figure("loss", {{.title = r.in({"cross-entropy", "entropía cruzada"}),
                     .x_label = r.in({"epoch", "época"}),
                     .y_label = "",
                     .series = {train, valid},
                     .x_range = Range{0, 60},
                     .y_range = Range{0, 0.8}}});
}

void tell_training(Report& r, Mlp net, const Iris& data) {
  r.section({"Trained on iris", "Entrenada con lirios"});
  r.say({fmt::format("{} rows to train on, {} that decide which epoch was the best, {} kept for the test. "
                     "Cross-entropy, Adam with η = 0.02, 16 rows an update. Backpropagation, the lesson backprop, "
                     "finds the gradients.",
                     data.train.x.size(0), data.valid.x.size(0), data.test.x.size(0)),
         fmt::format("{} filas para entrenar, {} que deciden qué época fue la mejor y {} reservadas para la "
                     "prueba. Entropía cruzada, Adam con η = 0.02, 16 filas por actualización. La "
                     "retropropagación, lección backprop, halla los gradientes.",
                     data.train.x.size(0), data.valid.x.size(0), data.test.x.size(0))});
  FitOptions<Batch> options;
  options.epochs = 60;
  options.batch_size = 16;
  options.seed = 1;
  options.validation = data.valid;
  const double before = evaluate(net, CrossEntropy{}, data.train);
  const History history = fit(net, CrossEntropy{}, adam(0.02), data.train, options);
  r.value("loss_before", {"training loss before", "pérdida de entrenamiento antes"}, before);
  std::vector<std::vector<Cell>> rows;
  for (const EpochRecord& e : history.epochs)
    if (e.epoch <= 3 || e.epoch % 20 == 0 || e.epoch == 10) rows.push_back({double(e.epoch), e.loss, e.valid_loss});
  r.table("training", {"", ""},
          {{"epoch", {"epoch", "época"}, 0},
           {"loss", {"training loss", "pérdida de entrenamiento"}, 4},
           {"valid", {"validation loss", "pérdida de validación"}, 4}},
          rows);
  draw_losses(r, history);
  r.value("best_epoch", {"parameters kept: those of epoch", "parámetros conservados: los de la época"},
          static_cast<double>(history.best_epoch), 0);
  const Tensor labels = predicted_classes(softmax(predict(net, data.test.x)));
  const ConfusionMatrix matrix = confusion_matrix(labels, data.test.y, 3);
  std::vector<Heading> headings{{"species", {"true species", "especie real"}}};
  std::vector<std::vector<Cell>> counts;
  for (std::int64_t k = 0; k < 3; ++k) {
    const std::string& name = data.encoder.classes()[static_cast<std::size_t>(k)];
    headings.push_back({name, {"taken for " + name, "tomada por " + name}, 0});
    counts.push_back({Text(name), double(matrix(k, 0)), double(matrix(k, 1)), double(matrix(k, 2))});
  }
  r.table("confusion", {"the test's rows", "las filas de prueba"}, headings, counts);
  r.value("accuracy", {"accuracy", "exactitud"}, accuracy(labels, data.test.y));
}

}  // namespace

void teach_mlp(Report& r) {
  r.title({"The multilayer perceptron", "El perceptrón multicapa"});
  const Iris data = iris();
  Mlp net({.inputs = data.encoder.feature_count(),
           .hidden = {8},
           .outputs = data.encoder.outputs(),
           .activation = Activation::tanh});
  init(net, {.seed = 1, .dtype = f64});
  tell_layers(r, net);
  tell_tasks(r);
  tell_training(r, std::move(net), data);
}

}  // namespace cinta::cli
