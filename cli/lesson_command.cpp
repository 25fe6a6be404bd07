// cinta lesson: the lecture that Cinta grew out of, computed step by step.
#include "command.hpp"
#include "lesson/lessons.hpp"

#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/report/plot.hpp>
#include <cinta/framework/report/text_width.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdlib>

namespace cinta::cli {
namespace {

struct Lesson {
  const char* name;
  Text about;
  void (*teach)(Report& report);
};

const std::vector<Lesson>& lessons() {
  static const std::vector<Lesson> all{
      {"inputs",
       {"from a table's words and numbers to what a neuron takes",
        "de las palabras y números de una tabla a lo que recibe una neurona"},
       teach_inputs},
      {"perceptron",
       {"a neuron, a step, and the rule by which it learns AND",
        "una neurona, un escalón y la regla con que aprende AND"},
       teach_perceptron},
      {"xor",
       {"what no line separates, and the network that bends", "lo que ninguna recta separa y la red que se curva"},
       teach_xor},
      {"activations",
       {"what bends a network: functions and their slopes", "lo que curva una red: funciones y sus pendientes"},
       teach_activations},
      {"descent",
       {"gradient descent: batch, mini-batch, stochastic, momentum, Adagrad",
        "el descenso del gradiente: por lote, por minilotes, estocástico, momento y Adagrad"},
       teach_descent},
      {"mlp", {"layers, and a network that tells irises apart", "capas y una red que distingue lirios"}, teach_mlp},
      {"backprop",
       {"a small network, number by number, forwards and backwards",
        "una red pequeña, número a número, hacia delante y hacia atrás"},
       teach_backprop},
      {"regularisation",
       {"what keeps a network from learning the noise", "lo que evita que una red aprenda el ruido"},
       teach_regularisation},
      {"churn",
       {"the challenge: which customers leave, and why each choice",
        "el reto: qué clientes se van, y el porqué de cada decisión"},
       teach_churn},
  };
  return all;
}

const Lesson& lesson_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Lesson& lesson : lessons()) {
    if (lesson.name == name) return lesson;
    names.emplace_back(lesson.name);
  }
  throw ValueError(fmt::format("there is no lesson \"{}\"{}", name, did_you_mean(name, names)));
}

// --lang, else what the first of LC_ALL, LC_MESSAGES and LANG that is set says, else English.
Language language_named(const std::string& name) {
  if (name == "en") return Language::english;
  if (name == "es") return Language::spanish;
  if (!name.empty()) {
    const std::vector<std::string> known{"en", "es"};
    throw ValueError(fmt::format("--lang: there is no \"{}\"; it takes en or es{}", name, did_you_mean(name, known)));
  }
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    const std::string locale(value);
    return locale == "es" || locale.starts_with("es_") || locale.starts_with("es.") ? Language::spanish
                                                                                    : Language::english;
  }
  return Language::english;
}

void list(Language language, bool json) {
  const Report report("", language);
  if (json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const Lesson& lesson : lessons()) all.push_back({{"name", lesson.name}, {"about", report.in(lesson.about)}});
    fmt::print("{}\n", all.dump(2));
    return;
  }
  std::vector<std::vector<Cell>> rows;
  for (const Lesson& lesson : lessons()) rows.push_back({Text(lesson.name), lesson.about});
  fmt::print("{}", table_text(report, {{"name", {"lesson", "lección"}}, {"about", {"what it shows", "qué enseña"}}},
                              rows, terminal_columns()));
  fmt::print("\n{}\n", report.in({"take one: cinta lesson NAME", "elija una: cinta lesson NOMBRE"}));
}

// Pictures of every figure; without gnuplot none, which is said once.
Pictures draw(const Report& report, const std::string& folder) {
  Pictures pictures;
  for (const Report::Block& block : report.blocks()) {
    if (block.kind != Report::Block::Kind::figure) continue;
    const std::string name = report.lesson() + "_" + block.key;
    try {
      if (plot(block.panels, std::filesystem::path(folder) / name, {}, {}) == Plotted::no_gnuplot) {
        fmt::print(stderr, "cinta: {}\n",
                   report.in({"gnuplot is not installed: the lesson goes on without pictures",
                              "gnuplot no está instalado: la lección sigue sin imágenes"}));
        break;
      }
    } catch (const FileError& e) {
      throw RunError(e.what());
    } catch (const Error& e) {  // a gnuplot that does not work is as good as none
      fmt::print(stderr, "cinta: {}{}\n", e.what(),
                 report.in({": the lesson goes on without pictures", ": la lección sigue sin imágenes"}));
      break;
    }
    pictures[block.key] = {name + ".svg", name + ".png"};
  }
  return pictures;
}

// Told before the lesson, not after it.
void try_to_write(const std::string& folder) {
  FolderTransaction files(folder);
  files.write("picture.svg", "");
}

struct Flags {
  std::string name, language, out;
  bool json = false;
};

void teach(const Flags& flags) {
  const Language language = language_named(flags.language);
  if (flags.name.empty()) return list(language, flags.json);
  const Lesson& lesson = lesson_named(flags.name);
  if (!flags.out.empty()) try_to_write(flags.out);
  Report report(lesson.name, language);
  lesson.teach(report);
  Pictures pictures;
  if (!flags.out.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(flags.out, ignored);
    pictures = draw(report, flags.out);
  }
  if (flags.json) {
    fmt::print("{}", to_json(report, pictures));
    return;
  }
  fmt::print("{}", to_text(report, sketch_options(stdout), pictures));
  if (!pictures.empty()) fmt::print("\n{} {}\n", report.in({"pictures are in", "las imágenes están en"}), flags.out);
}

}  // namespace

void add_lesson(CLI::App& program) {
  auto flags = std::make_shared<Flags>();
  CLI::App* c = program.add_subcommand("lesson", "A lesson on neural networks, computed step by step");
  std::string names;
  for (const Lesson& lesson : lessons()) names += (names.empty() ? "" : ", ") + std::string(lesson.name);
  c->footer(
      "Examples:\n"
      "  cinta lesson                                 # what there is\n"
      "  cinta lesson perceptron\n"
      "  cinta lesson xor --lang es --out pictures    # en español, with pictures as SVG and PNG");
  c->add_option("name", flags->name, "Which one: " + names);
  c->add_option("--lang", flags->language, "en or es; by default that of the locale, else English");
  c->add_option("--out", flags->out, "The folder to write pictures to, as SVG and PNG; needs gnuplot");
  c->add_flag("--json", flags->json, "Print the numbers as JSON");
  c->callback([flags] { teach(*flags); });
}

}  // namespace cinta::cli
