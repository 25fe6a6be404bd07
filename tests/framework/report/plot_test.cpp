// Pictures by gnuplot: both files or none, whatever stands in a title; and what is told when it can't be.
#include <cinta/framework/report/plot.hpp>

#include <cinta/framework/io/atomic_file.hpp>

#include <sys/stat.h>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>

using namespace cinta;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "cinta plot XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path operator/(const char* name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// PATH with another value, until the end of the scope.
class SearchPath {
 public:
  explicit SearchPath(const std::string& value) : before_(std::getenv("PATH")) { setenv("PATH", value.c_str(), 1); }
  ~SearchPath() { setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

Figure figure_named(const std::string& title) {
  return {
      .title = title, .x_label = "x", .y_label = "y", .series = {{.name = "curve", .x = {0, 1, 2}, .y = {0, 1, 4}}}};
}

// Width and height in the header of a PNG.
std::pair<unsigned, unsigned> size_of_png(const std::string& bytes) {
  const auto number = [&](std::size_t at) {
    unsigned n = 0;
    for (std::size_t i = 0; i < 4; ++i) n = n * 256 + static_cast<unsigned char>(bytes[at + i]);
    return n;
  };
  return {number(16), number(20)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plot)

BOOST_AUTO_TEST_CASE(an_svg_and_a_png_are_written_as_large_as_asked) {
  const Folder folder;
  Figure heat{.title = "heat", .x_label = "", .y_label = "", .series = {}};
  heat.field =
      Field{.name = "z", .x = {0, 1, 2}, .y = {0, 1, 2}, .z = {0, .2, .4, .3, .5, .7, .6, .8, 1}, .levels = {}};
  Figure contours = heat;
  contours.field->levels = {0.25, 0.5};
  Figure bars{.title = "bars",
              .x_label = "",
              .y_label = "",
              .series = {{.name = "a", .kind = Series::Kind::bars, .x = {}, .y = {1, 2}}},
              .bar_names = {"one", "two"}};
  const std::vector<Figure> panels{figure_named("θ₀ and ñ"), heat, contours, bars};
  BOOST_REQUIRE((cinta::plot(panels, folder / "many", {.width = 300, .height = 200}) == Plotted::written));
  const std::string svg = read_file(folder / "many.svg"), png = read_file(folder / "many.png");
  BOOST_TEST(svg.find("<svg") != std::string::npos);
  BOOST_TEST(svg.ends_with("</svg>\n\n"), svg.substr(svg.size() - 10));
  BOOST_TEST(svg.find("θ₀ and ñ") != std::string::npos);
  BOOST_TEST(png.starts_with("\x89PNG\r\n\x1a\n"));
  BOOST_TEST((size_of_png(png) == std::pair{600u, 400u}));  // four panels are two by two
}

BOOST_AUTO_TEST_CASE(a_title_is_text_whatever_stands_in_it) {
  const Folder folder;
  const std::string mark = (folder / "written by a title").string();
  const std::string title =
      "it's `touch '" + mark + "'` \"%s\" $(touch x)\n\nset output\\ '; system('touch \"" + mark + "\"')";
  Figure f = figure_named(title);
  f.x_label = f.y_label = f.series[0].name = title;
  BOOST_REQUIRE((cinta::plot({f}, folder / "it's `a' $name") == Plotted::written));
  BOOST_TEST(!fs::exists(mark));
  BOOST_TEST(fs::exists(folder / "it's `a' $name.png"));
  BOOST_TEST(read_file(folder / "it's `a' $name.svg").find("$(touch x)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(figures_without_anything_to_draw_are_drawn) {
  const Folder folder;
  Figure flat{.title = "flat",
              .x_label = "",
              .y_label = "",
              .series = {{.name = "none", .x = {}, .y = {}}, {.name = "gap", .x = {0, NAN}, .y = {NAN, 1}}}};
  flat.field = Field{.name = "z", .x = {0, 1}, .y = {0, 1}, .z = {2, 2, 2, 2}, .levels = {}};
  Figure logarithmic = figure_named("log");
  logarithmic.log_y = true;
  BOOST_TEST((cinta::plot({flat}, folder / "flat") == Plotted::written));
  BOOST_TEST((cinta::plot({logarithmic}, folder / "log") == Plotted::written));
}

BOOST_AUTO_TEST_CASE(without_gnuplot_nothing_is_written_and_the_result_says_so) {
  const Folder folder;
  const SearchPath nowhere((folder / "nothing").string());
  BOOST_TEST((cinta::plot({figure_named("t")}, folder / "p") == Plotted::no_gnuplot));
  BOOST_TEST(fs::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(a_gnuplot_that_fails_is_told_in_its_own_words_and_leaves_no_file) {
  const Folder folder;
  fs::create_directory(folder / "bin");
  write_file_atomically(folder / "bin/gnuplot",
                        "#!/bin/sh\ncat >/dev/null\necho >&2\necho 'line 3: it broke' >&2\nexit 1\n");
  chmod((folder / "bin/gnuplot").c_str(), 0755);
  const SearchPath path((folder / "bin").string() + ":/bin:/usr/bin");
  try {
    cinta::plot({figure_named("t")}, folder / "p", {}, {});
    BOOST_FAIL("it did not throw");
  } catch (const Error& e) {
    BOOST_TEST(std::string(e.what()) == "plot: gnuplot failed: line 3: it broke");
  }
  BOOST_TEST((!fs::exists(folder / "p.svg") && !fs::exists(folder / "p.png")));
}

BOOST_AUTO_TEST_CASE(a_folder_that_can_t_be_written_is_a_file_error_that_names_it) {
  const Folder folder;
  write_file_atomically(folder / "file", "");
  try {
    cinta::plot({figure_named("t")}, folder / "file/p");
    BOOST_FAIL("it did not throw");
  } catch (const FileError& e) {
    BOOST_TEST(std::string(e.what()).starts_with((folder / "file/p.svg").string() + ": can't be written"), e.what());
  }
}

BOOST_AUTO_TEST_CASE(no_figure_and_a_wrong_one_are_refused) {
  const Folder folder;
  BOOST_CHECK_THROW(cinta::plot({}, folder / "p"), ValueError);
  Figure wrong = figure_named("t");
  wrong.series[0].y.pop_back();
  BOOST_CHECK_THROW(cinta::plot({wrong}, folder / "p"), ValueError);
  BOOST_TEST(fs::is_empty(folder.path()));
}

BOOST_AUTO_TEST_SUITE_END()
