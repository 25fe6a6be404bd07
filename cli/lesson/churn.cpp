// cinta lesson churn: the lecture's challenge, which customers leave, with the reason for each choice on the way.
#include "lessons.hpp"
#include "pictures.hpp"

#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/data/partition.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>
#include <cinta/framework/train/metrics.hpp>
#include <cinta/models/logistic_regression.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cinta::cli {
namespace {

constexpr const char* target = "churn";

struct Data {
  Table table;
  Encoder encoder;
  Batch train, valid, test;
};

Data churn() {
  Table table = read_csv(dataset_path("telco_churn.csv"));
  const Partition part = partition(table, target, {.valid = 0.15, .test = 0.2, .seed = 1});
  const Table train = table.select(part.train);
  Encoder encoder = Encoder::fit(train, target);
  Batch encoded[] = {encoder.encode(train), encoder.encode(table.select(part.valid)),
                     encoder.encode(table.select(part.test))};
  return {std::move(table), std::move(encoder), std::move(encoded[0]), std::move(encoded[1]), std::move(encoded[2])};
}

double share(const Batch& batch) { return mean(batch.y.to(f64)).item<double>(); }

void tell_data(Report& r, const Data& d) {
  r.section({"1. The table", "1. La tabla"});
  r.say(
      {"Customers of a telephone company, one a row: what they have, for how long, what they pay, and whether "
       "they left (churn). It is a question of two classes, to be answered with a probability: whom to call first?",
       "Clientes de una compañía telefónica, uno por fila: qué tienen contratado, desde cuándo, qué pagan y si se "
       "fueron (churn). Es una pregunta de dos clases, que se responde con una probabilidad: ¿a quién llamar "
       "primero?"});
  r.say(
      {"The rows are dealt before anything is looked at, with the same share of leavers in each part: one part to "
       "train on, one to decide when to stop, and one that is used once, at the end.",
       "Las filas se reparten antes de mirar nada, con la misma proporción de bajas en cada parte: una para "
       "entrenar, otra para decidir cuándo parar y otra que se usa una sola vez, al final."});
  std::vector<std::vector<Cell>> rows;
  const std::pair<Text, const Batch*> parts[] = {{{"training", "entrenamiento"}, &d.train},
                                                 {{"validation", "validación"}, &d.valid},
                                                 {{"test", "prueba"}, &d.test}};
  for (const auto& [name, batch] : parts) rows.push_back({name, double(batch->x.size(0)), 100 * share(*batch)});
  r.table("parts", {"", ""},
          {{"part", {"part", "parte"}}, {"rows", {"rows", "filas"}, 0}, {"churn", {"leave, %", "se van, %"}, 2}}, rows);
}

void tell_encoder(Report& r, const Data& d) {
  r.section({"2. The encoder", "2. El codificador"});
  std::int64_t columns[4] = {}, features[4] = {};
  for (const EncodedColumn& c : d.encoder.columns()) {
    ++columns[static_cast<int>(c.kind)];
    features[static_cast<int>(c.kind)] += c.features();
  }
  std::vector<std::vector<Cell>> rows;
  const Text kinds[] = {{"numbers, standardised", "números, estandarizados"},
                        {"yes/no: 0 or 1", "sí/no: 0 o 1"},
                        {"categories: one feature each", "categorías: un atributo por cada una"}};
  for (std::size_t k = 0; k < 3; ++k) rows.push_back({kinds[k], double(columns[k]), double(features[k])});
  r.table("encoder", {"learned from the training part alone", "aprendido solo de la parte de entrenamiento"},
          {{"kind", {"columns", "columnas"}},
           {"columns", {"how many", "cuántas"}, 0},
           {"features", {"features", "atributos"}, 0}},
          rows);
  r.value("features", {"inputs of the network", "entradas de la red"}, static_cast<double>(d.encoder.feature_count()),
          0);
  r.say(
      {"Numbers are standardised so that all inputs are of one size; categories have no order here, so each gets "
       "a feature of its own. The few missing cells count as the mean.",
       "Los números se estandarizan para que todas las entradas tengan un mismo tamaño; las categorías no tienen "
       "orden aquí, así que cada una recibe su propio atributo. Las pocas celdas ausentes cuentan como la media."});
}

// Probabilities of leaving, for the test's rows.
struct Answers {
  Tensor network, logistic, majority;
};

Tensor logistic_answers(const Data& d) {
  models::LogisticRegression model(d.encoder.feature_count());
  init(model, {.seed = 1});
  models::train(model, d.train.x, d.train.y, adam(0.05), 1e-4, {.epochs = 300});
  return model.probability(d.test.x);
}

void draw_losses(Report& r, const History& history) {
  Series train{.name = r.in({"training, with dropout", "entrenamiento, con dropout"}), .x = {}, .y = {}},
      valid{.name = r.in({"validation", "validación"}), .x = {}, .y = {}};
  for (const EpochRecord& e : history.epochs) {
    for (Series* s : {&train, &valid}) s->x.push_back(static_cast<double>(e.epoch));
    train.y.push_back(e.loss);
    valid.y.push_back(e.valid_loss);
  }
  r.figure("loss", {{.title = r.in({"binary cross-entropy", "entropía cruzada binaria"}),
                     .x_label = r.in({"epoch", "época"}),
                     .y_label = "",
                     .series = {train, valid}}});
}

Tensor network_answers(Report& r, const Data& d) {
  constexpr std::int64_t epochs = 200, batch = 32;
  Mlp net({.inputs = d.encoder.feature_count(), .hidden = {64, 32}, .outputs = 1, .dropout = 0.2});
  init(net, {.seed = 1});
  r.section({"4. The network", "4. La red"});
  r.say({fmt::format(
             "{} inputs, hidden layers of 64 and 32 ReLU units, one output: {} parameters. The sigmoid at the end "
             "makes a probability of the output, and binary cross-entropy is the loss that rewards honest "
             "probabilities. Dropout of 0.2 and early stopping keep the network from learning its rows by heart; "
             "AdamW takes the steps, at a rate that falls from 0.005 as a cosine.",
             d.encoder.feature_count(), count(net)),
         fmt::format(
             "{} entradas, capas ocultas de 64 y 32 neuronas ReLU, una salida: {} parámetros. La sigmoide final "
             "convierte la salida en una probabilidad, y la entropía cruzada binaria es la función de pérdida que "
             "premia las probabilidades honestas. Un dropout de 0.2 y la parada temprana evitan que la red "
             "memorice sus filas; AdamW da los pasos, con una tasa de aprendizaje que baja desde 0.005 como un "
             "coseno.",
             d.encoder.feature_count(), count(net))});
  FitOptions<Batch> options;
  options.epochs = epochs;
  options.batch_size = batch;
  options.seed = 1;
  options.validation = d.valid;
  options.patience = 25;
  const std::int64_t steps = (d.train.x.size(0) - 1) / batch + 1;
  const History history = fit(net, BinaryCrossEntropy{}, adamw(cosine(0.005, steps * epochs)), d.train, options);
  std::vector<std::vector<Cell>> rows;
  for (const EpochRecord& e : history.epochs)
    if (e.epoch == 1 || e.epoch == history.best_epoch || e.epoch % 10 == 0 ||
        e.epoch == static_cast<std::int64_t>(history.epochs.size()))
      rows.push_back({double(e.epoch), e.loss, e.valid_loss});
  r.table("training", {"", ""},
          {{"epoch", {"epoch", "época"}, 0},
           {"loss", {"training loss", "pérdida de entrenamiento"}, 4},
           {"valid", {"validation loss", "pérdida de validación"}, 4}},
          rows);
  r.value("best_epoch", {"parameters kept: those of epoch", "parámetros conservados: los de la época"},
          static_cast<double>(history.best_epoch), 0);
  draw_losses(r, history);
  return sigmoid(predict(net, d.test.x));
}

void tell_metrics(Report& r, const Data& d, const Answers& a) {
  r.section({"5. The test", "5. La prueba"});
  const Metrics network = classification_metrics(a.network, d.test.y),
                logistic = classification_metrics(a.logistic, d.test.y),
                majority = classification_metrics(a.majority, d.test.y);
  const Text names[] = {{"accuracy", "exactitud"},
                        {"precision", "precisión"},
                        {"recall", "exhaustividad"},
                        "F1",
                        {"area under ROC", "área bajo la ROC"},
                        {"log loss", "pérdida logarítmica"},
                        "Brier"};
  std::vector<std::vector<Cell>> rows;
  std::size_t i = 0;
  for (const auto& [name, value] : network) rows.push_back({names[i++], value, logistic.at(name), majority.at(name)});
  r.table("metrics", {"on rows that nothing has seen", "en filas que nada ha visto"},
          {{"metric", {"metric", "métrica"}},
           {"network", {"network", "red"}, 4},
           {"logistic", {"logistic", "logística"}, 4},
           {"majority", {"majority", "mayoría"}, 4}},
          rows);
  const std::string area = number(network.at("roc_auc"), 3), logistic_area = number(logistic.at("roc_auc"), 3);
  r.say({fmt::format("Accuracy misleads where one class is rare: to say that nobody leaves is right three times "
                     "in four, and useless. The area under the ROC curve asks what matters: does a customer who "
                     "leaves get a higher probability than one who stays? Logistic regression, one weighted sum, "
                     "has {} and the network {}: on a table like this a hidden layer brings little, and only a "
                     "baseline tells.",
                     logistic_area, area),
         fmt::format("La exactitud engaña cuando una clase es rara: decir que nadie se va acierta tres de cada "
                     "cuatro veces y no sirve de nada. El área bajo la curva ROC pregunta lo que importa: ¿recibe "
                     "quien se va una probabilidad mayor que quien se queda? La regresión logística, una sola "
                     "suma ponderada, tiene {} y la red {}: en una tabla como esta una capa oculta aporta poco, y "
                     "solo una referencia lo muestra.",
                     logistic_area, area)});
}

void tell_thresholds(Report& r, const Data& d, const Answers& a) {
  std::vector<std::vector<Cell>> rows;
  for (const double threshold : {0.2, 0.3, 0.4, 0.5, 0.6}) {
    const Tensor labels = predicted_classes(a.network, threshold);
    rows.push_back(
        {threshold, sum(labels.to(f64)).item<double>(), precision(labels, d.test.y), recall(labels, d.test.y)});
  }
  r.table("thresholds",
          {"whom to call: the network's probability from which a customer is called",
           "a quién llamar: la probabilidad de la red a partir de la cual se llama a un cliente"},
          {{"threshold", {"from", "desde"}, 1},
           {"called", {"called", "llamados"}, 0},
           {"precision", {"of them leave", "de ellos se van"}, 4},
           {"recall", {"of leavers reached", "bajas alcanzadas"}, 4}},
          rows);
}

// The share of leavers above each threshold against that of the others, by falling probability.
Series roc_curve(const std::string& name, const Tensor& scores, const Tensor& targets) {
  const std::vector<double> s = numbers(scores), y = numbers(targets);
  std::vector<std::size_t> order(s.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return s[i] > s[j]; });
  const double positive = std::accumulate(y.begin(), y.end(), 0.0), negative = static_cast<double>(y.size()) - positive;
  Series curve{.name = name, .x = {0}, .y = {0}};
  double hits = 0, alarms = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    (y[order[k]] == 1 ? hits : alarms) += 1;
    if (k + 1 < order.size() && s[order[k + 1]] == s[order[k]]) continue;  // rows of one score pass together
    curve.x.push_back(alarms / negative);
    curve.y.push_back(hits / positive);
  }
  return curve;
}

void draw_roc(Report& r, const Data& d, const Answers& a) {
  r.figure("roc", {{.title = r.in({"ROC curve of the test's rows", "curva ROC de las filas de prueba"}),
                    .x_label = r.in({"share of those who stay, called", "proporción de los que se quedan, llamados"}),
                    .y_label = r.in({"share of leavers, called", "proporción de bajas, llamadas"}),
                    .series = {roc_curve(r.in({"network", "red"}), a.network, d.test.y),
                               roc_curve(r.in({"logistic regression", "regresión logística"}), a.logistic, d.test.y),
                               roc_curve(r.in({"majority", "mayoría"}), a.majority, d.test.y)},
                    .x_range = Range{0, 1},
                    .y_range = Range{0, 1}}});
}

}  // namespace

void teach_churn(Report& r) {
  r.title({"The challenge: who leaves?", "El reto: ¿quién se va?"});
  const Data d = churn();
  tell_data(r, d);
  tell_encoder(r, d);
  r.section({"3. Something to beat", "3. Una referencia que superar"});
  r.say(
      {"Before a network, two simpler answers: the share of leavers for everyone (the majority stays), and "
       "logistic regression, which is a network without a hidden layer.",
       "Antes de una red, dos respuestas más simples: la proporción de bajas para todo el mundo (la mayoría se "
       "queda) y la regresión logística, que es una red sin capa oculta."});
  Answers a;
  a.majority = full(d.test.y.shape(), share(d.train));
  a.logistic = logistic_answers(d);
  a.network = network_answers(r, d);
  tell_metrics(r, d, a);
  tell_thresholds(r, d, a);
  draw_roc(r, d, a);
  r.say({"The same in one command:", "Lo mismo con una sola orden:"});
  r.formula("cinta train --data telco_churn.csv --target churn \\\n  --seed 1");
}

}  // namespace cinta::cli
