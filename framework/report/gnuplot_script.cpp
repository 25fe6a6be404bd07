#include <cinta/framework/report/plot.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>

namespace cinta {
namespace {

// Okabe and Ito's colours, which people with any kind of colour vision tell apart, without yellow, too pale for lines.
constexpr const char* colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"};
constexpr int marks[] = {6, 7, 2, 1, 4, 8, 5};  // gnuplot's: open and filled circle, ×, +, open square, triangle

using Out = std::back_insert_iterator<std::string>;

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += "''";
    else result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return result + "'";
}

std::string number(double v) { return std::isfinite(v) ? fmt::format("{:.9g}", v) : "NaN"; }

// Names that no two panels share: gnuplot keeps all data blocks side by side.
std::string block(std::size_t panel, std::size_t series) { return fmt::format("$p{}_{}", panel, series); }
std::string field_block(std::size_t panel) { return fmt::format("$field{}", panel); }
std::string contour_block(std::size_t panel) { return fmt::format("$contour{}", panel); }

void write_series(std::string& text, const Figure& figure, std::size_t panel, std::size_t index) {
  const Series& s = figure.series[index];
  const auto out = Out(text);
  fmt::format_to(out, "{} << EOD\n", block(panel, index));
  const bool bars = s.kind == Series::Kind::bars;
  const double width = 0.8 / static_cast<double>(figure.series.size());
  const double shift = (static_cast<double>(index) - 0.5 * static_cast<double>(figure.series.size() - 1)) * width;
  for (std::size_t i = 0; i < s.y.size(); ++i) {
    const double x = bars ? static_cast<double>(i) + shift : s.x[i];
    if (std::isfinite(x) && std::isfinite(s.y[i]) && !(figure.log_y && s.y[i] <= 0))
      fmt::format_to(out, "{} {}\n", number(x), number(s.y[i]));
    else text += '\n';  // a blank line breaks a curve
  }
  if (s.y.empty()) text += "NaN NaN\n";
  text += "EOD\n";
}

// gnuplot complains of contours without a line.
bool crosses_middle(const Field& f) {
  const auto [least, most] = std::minmax_element(f.z.begin(), f.z.end());
  return *least < (f.low + f.high) / 2 && (f.low + f.high) / 2 < *most;
}

void write_field(std::string& text, const Field& f, std::size_t panel) {
  const auto out = Out(text);
  fmt::format_to(out, "{} << EOD\n", field_block(panel));
  for (std::size_t j = 0; j < f.y.size(); ++j) {
    for (std::size_t i = 0; i < f.x.size(); ++i)
      fmt::format_to(out, "{} {} {}\n", number(f.x[i]), number(f.y[j]), number(f.z[j * f.x.size() + i]));
    text += '\n';
  }
  text += "EOD\n";
  if (f.levels.empty() && !crosses_middle(f)) return;
  std::vector<std::string> levels;
  for (const double l : f.levels.empty() ? std::vector<double>{(f.low + f.high) / 2} : f.levels)
    levels.push_back(number(l));
  fmt::format_to(
      out,
      "set table {}\nset contour base\nunset surface\nset cntrparam levels discrete {}\nsplot {} using 1:2:3 "
      "notitle\nunset table\nunset contour\nset surface\n",
      contour_block(panel), fmt::join(levels, ","), field_block(panel));
}

std::string drawn_as(const Figure& figure, std::size_t panel, std::size_t index) {
  const Series& s = figure.series[index];
  const std::size_t style = (s.style < 0 ? index : static_cast<std::size_t>(s.style)) % std::size(colours);
  const std::string title = s.name.empty() ? "notitle" : "title " + quoted(s.name);
  const std::string data = fmt::format("{} using 1:2", block(panel, index));
  switch (s.kind) {
    case Series::Kind::points:
      return fmt::format("{} with points pt {} ps 1.3 lw 2 lc rgb '{}' {}", data, marks[style],
                         figure.field && figure.field->levels.empty() ? "#000000" : colours[style], title);
    case Series::Kind::path:
      return fmt::format("{} with linespoints pt 7 ps 0.5 lw 1.6 lc rgb '{}' {}", data, colours[style], title);
    case Series::Kind::bars:
      return fmt::format("{} with boxes fs solid 0.85 noborder lc rgb '{}' {}", data, colours[style], title);
    default:
      return fmt::format("{} with lines lw 2.2 lc rgb '{}' {}", data, colours[style], title);
  }
}

void write_panel(std::string& text, const Figure& figure, std::size_t panel, bool alone) {
  const auto out = Out(text);
  const Bounds b = bounds(figure);
  fmt::format_to(out, "set title {}\nset xlabel {}\nset ylabel {}\n", quoted(figure.title), quoted(figure.x_label),
                 quoted(figure.y_label));
  text += figure.log_y ? "set logscale y\nset format y '%g'\n" : "unset logscale\nset format y '%g'\n";
  fmt::format_to(out, "set xrange [{}:{}]\nset yrange [{}:{}]\n", number(b.x.low), number(b.x.high), number(b.y.low),
                 number(b.y.high));
  if (figure.bar_names.empty()) text += "set xtics autofreq\n";
  else {
    std::vector<std::string> tics;
    for (std::size_t i = 0; i < figure.bar_names.size(); ++i)
      tics.push_back(fmt::format("{} {}", quoted(figure.bar_names[i]), i));
    fmt::format_to(out, "set boxwidth {}\nset xtics ({})\n", number(0.8 / static_cast<double>(figure.series.size())),
                   fmt::join(tics, ", "));
  }
  std::vector<std::string> layers;
  text += "unset colorbox\n";
  if (const auto& f = figure.field; f && f->levels.empty()) {
    fmt::format_to(out, "set cbrange [{}:{}]\nset cblabel {}\n{}", number(f->low), number(f->high), quoted(f->name),
                   alone ? "set colorbox\n" : "");
    layers.push_back(field_block(panel) + " using 1:2:3 with image notitle");
    if (crosses_middle(*f))
      layers.push_back(contour_block(panel) + " using 1:2 with lines lw 1.5 lc rgb '#404040' notitle");
  } else if (f) {
    layers.push_back(fmt::format("{} using 1:2 with lines lw 1 lc rgb '#a0a0a0' {}", contour_block(panel),
                                 f->name.empty() ? "notitle" : "title " + quoted(f->name)));
  }
  if (b.y.low < 0 && b.y.high > 0 && !figure.field && !figure.log_y)
    layers.push_back("0 with lines lw 1 lc rgb '#c0c0c0' notitle");
  for (std::size_t i = 0; i < figure.series.size(); ++i) layers.push_back(drawn_as(figure, panel, i));
  if (layers.empty()) layers.push_back("NaN notitle");
  fmt::format_to(out, "plot {}\n", fmt::join(layers, ", "));
}

int columns_of(std::size_t panels, int asked) {
  if (asked > 0) return asked;
  const auto n = static_cast<int>(panels);
  const int rows = (n + 2) / 3;
  return (n + rows - 1) / rows;
}

}  // namespace

std::string gnuplot_script(const std::vector<Figure>& panels, const char* terminal, const PlotOptions& options,
                           Where where) {
  if (panels.empty()) throw ValueError(where, "plot: there is no figure to draw");
  const int columns = columns_of(panels.size(), options.columns);
  const int rows = (static_cast<int>(panels.size()) + columns - 1) / columns;
  std::string text = "set encoding utf8\n";
  const auto out = Out(text);
  fmt::format_to(out, "set terminal {} size {},{} font 'sans,11' noenhanced background rgb 'white'\n", terminal,
                 options.width * columns, options.height * rows);
  text +=
      "set border lw 0.8 lc rgb '#606060'\nset tics nomirror textcolor rgb '#303030'\nset grid lw 0.6 lc rgb "
      "'#e4e4e4'\n"
      "set key below reverse Left samplen 2.5 spacing 1.2\nset xlabel offset 0,0.4\nset rmargin 4\nset title font "
      "'sans,13'\n"
      "set palette defined (0 '#7fb3d5', 0.5 '#f7f7f7', 1 '#f0a070')\n";
  for (std::size_t p = 0; p < panels.size(); ++p) {
    check(panels[p], where);
    if (panels[p].field) write_field(text, *panels[p].field, p);
    for (std::size_t i = 0; i < panels[p].series.size(); ++i) write_series(text, panels[p], p, i);
  }
  const bool alone = panels.size() == 1;
  if (!alone) fmt::format_to(out, "set multiplot layout {},{}\n", rows, columns);
  for (std::size_t p = 0; p < panels.size(); ++p) write_panel(text, panels[p], p, alone);
  if (!alone) text += "unset multiplot\n";
  return text;
}

}  // namespace cinta
