// cinta lesson inputs: the lecture's table of athletes, and what the encoder makes of each kind of column.
#include "lessons.hpp"
#include "pictures.hpp"

#include <cinta/framework/data/encoder.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cinta::cli {
namespace {

constexpr const char* header = "Es hombre,Edad,Realiza ejercicio,Consumo de proteínas,Promedio notas\n";
constexpr const char* rows =
    "Sí,25,Sí,Alto,8.5\n"
    "No,30,No,Medio,7.2\n"
    "Sí,22,Sí,Bajo,8.9\n"
    "Sí,28,Sí,Alto,7.8\n"
    "No,35,No,Bajo,6.5\n"
    "Sí,20,Sí,Medio,8.2\n"
    "No,26,No,Medio,7.0\n";
constexpr const char* target = "Promedio notas";

Table athletes() { return parse_csv(std::string(header) + rows, "athletes.csv"); }

Encoder ordered(const Table& table) {
  return Encoder::fit(table, target, {.ordered = {{"Consumo de proteínas", {"Bajo", "Medio", "Alto"}}}});
}

// The columns of the lecture's table, as both languages name them.
const Text names[] = {{"is a man", "es hombre"},
                      {"age", "edad"},
                      {"exercises", "realiza ejercicio"},
                      {"protein", "proteínas"},
                      {"mean mark", "promedio notas"}};

void tell_table(Report& r, const Table& table) {
  std::vector<Heading> headings{{"row", {"row", "fila"}, 0}};
  const char* keys[] = {"man", "age", "exercise", "protein", "mark"};
  for (std::size_t c = 0; c < 5; ++c) headings.push_back({keys[c], names[c], c == 4 ? 1 : 0});
  std::vector<std::vector<Cell>> cells;
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    auto& line = cells.emplace_back(std::vector<Cell>{double(row + 1)});
    for (std::int64_t c = 0; c < table.columns(); ++c) {
      if (table.column(c).type == ColumnType::numeric)
        line.push_back(table.column(c).values[static_cast<std::size_t>(row)]);
      else line.push_back(Text(std::string(table.text(row, c))));
    }
  }
  r.table("table", {"seven athletes, as the lecture has them", "siete atletas, como los presenta la clase"}, headings,
          cells);
}

Text kind_of(const EncodedColumn& column) {
  switch (column.kind) {
    case EncodedColumn::Kind::number:
      return {"number: (x − mean) / deviation", "número: (x − media) / desviación"};
    case EncodedColumn::Kind::boolean:
      return {"yes/no: 0 or 1", "sí/no: 0 o 1"};
    case EncodedColumn::Kind::ordered:
      return {"ordered: rank 0, 1, 2, standardised", "ordenada: rango 0, 1, 2, estandarizado"};
    default:
      return {"categories: one feature each", "categorías: un atributo por cada una"};
  }
}

void tell_columns(Report& r, const Encoder& encoder) {
  r.section({"What the encoder does", "Qué hace el codificador"});
  r.say(
      {"A neuron multiplies, so it takes numbers. An encoder turns each column into them, by what the column "
       "holds, and learns means and deviations from the training rows alone.",
       "Una neurona multiplica, así que recibe números. Un codificador convierte en números cada columna según lo "
       "que contiene, y aprende las medias y desviaciones solo de las filas de entrenamiento."});
  std::vector<std::vector<Cell>> cells;
  for (std::size_t c = 0; c < encoder.columns().size(); ++c) {
    const EncodedColumn& column = encoder.columns()[c];
    const bool scaled = column.kind == EncodedColumn::Kind::number || column.kind == EncodedColumn::Kind::ordered;
    cells.push_back(
        {names[c], kind_of(column), scaled ? column.mean : std::nan(""), scaled ? column.deviation : std::nan("")});
  }
  r.table("columns", {"", ""},
          {{"column", {"column", "columna"}},
           {"kind", {"becomes", "se convierte en"}},
           {"mean", {"mean", "media"}, 4},
           {"deviation", {"deviation", "desviación"}, 4}},
          cells);
}

void tell_features(Report& r, const Table& table, const Encoder& encoder) {
  const std::vector<double> x = numbers(encoder.features(table, f64)), y = numbers(encoder.targets(table, f64));
  const auto width = static_cast<std::size_t>(encoder.feature_count());
  std::vector<std::vector<Cell>> cells;
  for (std::size_t row = 0; row < y.size(); ++row)
    cells.push_back(
        {double(row + 1), x[row * width], x[row * width + 1], x[row * width + 2], x[row * width + 3], y[row]});
  r.table("features",
          {"what the network takes (x), and what it is to give (y)", "lo que recibe la red (x) y lo que debe dar (y)"},
          {{"row", {"row", "fila"}, 0},
           {"x1", {names[0].en, names[0].es}, 0},
           {"x2", names[1], 4},
           {"x3", names[2], 0},
           {"x4", names[3], 4},
           {"y", names[4], 4}},
          cells);
  const EncodedColumn& age = encoder.columns()[1];
  const std::string sum =
      fmt::format("(25 − {}) / {} = {}", number(age.mean, 4), number(age.deviation, 4), number(x[1], 4));
  r.say({fmt::format("The first athlete's age, for one, is {}. Scales that differ would make some weights learn "
                     "slowly and others wildly; standardised, all inputs are of one size. The target of a "
                     "regression is standardised too, and what the network says is turned back into marks.",
                     sum),
         fmt::format("La edad del primer atleta, por ejemplo, es {}. Con escalas distintas unos pesos aprenderían "
                     "despacio y otros sin control; estandarizadas, todas las entradas son de un mismo tamaño. El "
                     "objetivo de una regresión también se estandariza, y lo que dice la red se devuelve a notas.",
                     sum)});
}

void tell_categories(Report& r, const Table& table, const Encoder& encoder) {
  r.section({"An order, or none", "Con orden o sin él"});
  r.say(
      {"Protein is low, medium or high (Bajo < Medio < Alto): the order is knowledge, so it becomes one number. "
       "Told nothing of an order, the encoder makes one feature of each category, and the network must find the "
       "order itself.",
       "El consumo de proteínas es bajo, medio o alto (Bajo < Medio < Alto): el orden es conocimiento, así que se "
       "convierte en un número. Si no se le indica un orden, el codificador hace un atributo de cada categoría, y "
       "la red tendrá que descubrirlo."});
  const Encoder plain = Encoder::fit(table, target);
  const std::vector<double> x = numbers(plain.features(table, f64)), scaled = numbers(encoder.features(table, f64));
  const auto width = static_cast<std::size_t>(plain.feature_count());
  std::vector<std::vector<Cell>> cells;
  for (std::size_t row = 0; row < static_cast<std::size_t>(table.rows()); ++row)
    cells.push_back({double(row + 1), Text(std::string(table.text(static_cast<std::int64_t>(row), 3))),
                     scaled[row * 4 + 3], x[row * width + 3], x[row * width + 4], x[row * width + 5]});
  r.table("categories", {"", ""},
          {{"row", {"row", "fila"}, 0},
           {"protein", names[3]},
           {"rank", {"with an order", "con orden"}, 4},
           {"high", "=Alto", 0},
           {"low", "=Bajo", 0},
           {"medium", "=Medio", 0}},
          cells);
}

void tell_new_rows(Report& r, const Encoder& encoder) {
  r.section({"New rows", "Filas nuevas"});
  r.say(
      {"A new athlete of unknown age counts as one of mean age, 0 after standardising; the same means and "
       "deviations are used, never new ones. What the training rows did not have is counted and reported.",
       "Un atleta nuevo de edad desconocida cuenta como uno de edad media, 0 al estandarizar; se usan las mismas "
       "medias y desviaciones, nunca otras. Lo que no estaba en las filas de entrenamiento se cuenta y se "
       "comunica."});
  const Table table = parse_csv(std::string(header) + "No,,Sí,Alto,8.0\nSí,40,No,Bajo,6.0\n", "new.csv");
  const std::vector<double> x = numbers(encoder.features(table, f64));
  std::vector<std::vector<Cell>> cells;
  for (std::size_t row = 0; row < 2; ++row)
    cells.push_back({Text(row == 0 ? "No, -, Sí, Alto" : "Sí, 40, No, Bajo"), x[4 * row], x[4 * row + 1],
                     x[4 * row + 2], x[4 * row + 3]});
  r.table("new_rows", {"", ""},
          {{"athlete", {"athlete", "atleta"}},
           {"x1", names[0], 0},
           {"x2", names[1], 4},
           {"x3", names[2], 0},
           {"x4", names[3], 4}},
          cells);
  r.value("imputed", {"missing cells", "celdas ausentes"}, static_cast<double>(encoder.report(table).imputed()), 0);
}

}  // namespace

void teach_inputs(Report& r) {
  r.title({"Inputs", "Entradas"});
  r.say(
      {"The inputs of a network are the features of an observation: here an athlete. The mean mark is what is to "
       "be predicted, the target.",
       "Las entradas de una red son los atributos de una observación: aquí, un atleta. El promedio de notas es lo "
       "que se quiere predecir, el objetivo."});
  const Table table = athletes();
  const Encoder encoder = ordered(table);
  tell_table(r, table);
  tell_columns(r, encoder);
  tell_features(r, table, encoder);
  tell_categories(r, table, encoder);
  tell_new_rows(r, encoder);
}

}  // namespace cinta::cli
