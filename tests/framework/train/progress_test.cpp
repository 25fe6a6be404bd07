// What Progress writes, on a clock of the test's own: to a string, and to a pseudo-terminal.
#include <cinta/framework/train/progress.hpp>

#include <cinta/framework/core/error.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace cinta;

double clock_seconds = 0;
double fake_clock() { return clock_seconds; }

// A file whose text can be read.
class Paper {
 public:
  Paper() : file_(open_memstream(&text_, &size_)) { clock_seconds = 1000; }
  ~Paper() {
    std::fclose(file_);
    std::free(text_);
  }
  ProgressOptions options(ProgressMode mode, std::int64_t epochs, std::int64_t batches = 0) const {
    return {mode, epochs, batches, file_, fake_clock};
  }
  std::string text() const {
    std::fflush(file_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

// A variable of the environment for the length of a test.
class With {
 public:
  With(const char* name, const char* value) : name_(name) {
    if (const char* earlier = std::getenv(name)) earlier_ = earlier, had_ = true;
    if (value == nullptr) unsetenv(name);
    else setenv(name, value, 1);
  }
  ~With() {
    if (had_) setenv(name_, earlier_.c_str(), 1);
    else unsetenv(name_);
  }

 private:
  const char* name_;
  std::string earlier_;
  bool had_ = false;
};

// A terminal of so many columns.
class Terminal {
 public:
  explicit Terminal(unsigned short columns) : master_(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    grantpt(master_);
    unlockpt(master_);
    file_ = fdopen(open(ptsname(master_), O_RDWR | O_NOCTTY), "w");
    termios raw = {};
    tcgetattr(fileno(file_), &raw);
    cfmakeraw(&raw);
    tcsetattr(fileno(file_), TCSANOW, &raw);
    resize(columns);
    clock_seconds = 1000;
  }
  ~Terminal() {
    std::fclose(file_);
    close(master_);
  }
  void resize(unsigned short columns) {
    const winsize size{24, columns, 0, 0};
    ioctl(fileno(file_), TIOCSWINSZ, &size);
  }
  ProgressOptions options(ProgressMode mode, std::int64_t epochs, std::int64_t batches = 0) const {
    return {mode, epochs, batches, file_, fake_clock};
  }
  std::string text() const {
    std::fflush(file_);
    std::string all;
    char part[4096];
    for (ssize_t n; (n = read(master_, part, sizeof part)) > 0;) all.append(part, static_cast<std::size_t>(n));
    return all;
  }

 private:
  int master_;
  std::FILE* file_;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

// The last drawing.
std::string last_of(const std::string& text) { return split(text, '\r').back(); }

// The second of three epochs, half over, after 10 seconds.
void half_way(Progress& progress) {
  progress.begin_epoch(1);
  clock_seconds += 8;
  progress.batch(4, 3);
  progress.end_epoch(1, 0.75, 0.5);
  progress.begin_epoch(2);
  clock_seconds += 1;
  progress.batch(1, 0.5);
  clock_seconds += 3;
  progress.batch(2, 0.25);
}

void run_epochs(Progress& progress, std::int64_t epochs, double seconds_each) {
  for (std::int64_t e = 1; e <= epochs; ++e) {
    progress.begin_epoch(e);
    clock_seconds += seconds_each;
    progress.end_epoch(e, 1.0 / static_cast<double>(e));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(progress)

BOOST_AUTO_TEST_CASE(the_bar_tells_epoch_share_mean_loss_validation_and_time_left) {
  const With columns("COLUMNS", "80");
  const Paper paper;
  Progress progress(paper.options(ProgressMode::bar, 3, 4));
  half_way(progress);
  // 1.5 epochs took 12 s, so the other 1.5 take 12 more; the loss is the mean of the epoch's two batches.
  BOOST_TEST(last_of(paper.text()) ==
             "epoch 2/3 [###########------------]  50 %  loss 0.3750  valid 0.5000  left 0:12");
  BOOST_TEST(last_of(paper.text()).size() <= 79u);
}

BOOST_AUTO_TEST_CASE(in_less_room_the_bar_gives_up_its_length_itself_the_percentage_the_time_and_the_validation) {
  const std::vector<std::pair<const char*, std::string>> wanted = {
      {"67", "epoch 2/3 [#####-----]  50 %  loss 0.3750  valid 0.5000  left 0:12"},
      {"66", "epoch 2/3  50 %  loss 0.3750  valid 0.5000  left 0:12"},
      {"60", "epoch 2/3  50 %  loss 0.3750  valid 0.5000  left 0:12"},
      {"50", "epoch 2/3  loss 0.3750  valid 0.5000  left 0:12"},
      {"40", "epoch 2/3  loss 0.3750  valid 0.5000"},
      {"36", "epoch 2/3  loss 0.3750"},
      {"30", "epoch 2/3  loss 0.3750"},
      {"10", "epoch 2/3"},
  };
  for (const auto& [columns, line] : wanted) {
    const With width("COLUMNS", columns);
    const Paper paper;
    Progress progress(paper.options(ProgressMode::bar, 3, 4));
    half_way(progress);
    const std::string last = last_of(paper.text());
    BOOST_TEST(last.substr(0, last.find_last_not_of(' ') + 1) == line);
    for (const std::string& drawing : split(paper.text(), '\r')) BOOST_TEST(drawing.size() < std::stoul(columns));
  }
}

BOOST_AUTO_TEST_CASE(a_shorter_drawing_blots_out_the_longer_one) {
  const With columns("COLUMNS", "40");
  const Paper paper;
  Progress progress(paper.options(ProgressMode::bar, 1, 4));
  progress.begin_epoch(1);
  clock_seconds += 1;
  progress.batch(1, 1e-7);
  clock_seconds += 1;
  progress.batch(4, 1);
  const auto drawings = split(paper.text(), '\r');
  BOOST_REQUIRE(drawings.size() == 4u);
  BOOST_TEST(drawings[1] == "epoch 1/1 [---------------------]   0 %");
  BOOST_TEST(drawings[2] == "epoch 1/1  loss 1.000e-07  left 0:03   ");
  BOOST_TEST(drawings[3] == "epoch 1/1 100 %  loss 0.5000  left 0:00");
}

BOOST_AUTO_TEST_CASE(the_bar_is_drawn_ten_times_a_second_at_most) {
  const With columns("COLUMNS", "80");
  const Paper paper;
  Progress progress(paper.options(ProgressMode::bar, 1000, 10));
  for (std::int64_t e = 1; e <= 1000; ++e) {  // 10,000 batches in 10 s
    progress.begin_epoch(e);
    for (std::int64_t b = 1; b <= 10; ++b) {
      clock_seconds += 0.001;
      progress.batch(b, 1);
    }
    progress.end_epoch(e, 1);
  }
  const auto drawings = split(paper.text(), '\r').size() - 1;
  BOOST_TEST(drawings >= 90u);
  BOOST_TEST(drawings <= 101u);
}

BOOST_AUTO_TEST_CASE(short_epochs_show_the_share_of_the_run) {
  const With columns("COLUMNS", "80");
  const Paper paper;
  Progress progress(paper.options(ProgressMode::bar, 4, 2));
  run_epochs(progress, 3, 0.5);
  BOOST_TEST(last_of(paper.text()) ==
             "epoch 3/4 [" + std::string(27, '#') + std::string(10, '-') + "]  75 %  loss 0.3333  left 0:01");
}

BOOST_AUTO_TEST_CASE(an_unknown_number_of_batches_is_learnt_from_the_first_epoch) {
  const With columns("COLUMNS", "80");
  const Paper paper;
  Progress progress(paper.options(ProgressMode::bar, 2));
  progress.begin_epoch(1);
  clock_seconds += 1;
  progress.batch(1, 1);
  BOOST_TEST(last_of(paper.text()).find("left") == std::string::npos);
  for (std::int64_t b = 2; b <= 8; ++b, clock_seconds += 1) progress.batch(b, 1);
  progress.end_epoch(1, 1);
  progress.begin_epoch(2);
  clock_seconds += 2;
  progress.batch(2, 1);
  BOOST_TEST(last_of(paper.text()).find("  25 %  loss 1.0000  left 0:06") != std::string::npos, last_of(paper.text()));
}

BOOST_AUTO_TEST_CASE(the_end_is_a_line_of_the_last_whole_epoch_and_the_time_it_took) {
  const With columns("COLUMNS", "80");
  const Paper paper;
  {
    Progress progress(paper.options(ProgressMode::bar, 3, 4));
    half_way(progress);
    progress.finish();
    BOOST_TEST(last_of(paper.text()) ==
               "epoch 1/3 [" + std::string(25, '#') + "] 100 %  loss 0.7500  valid 0.5000  in 0:12\n");
    BOOST_TEST(paper.text().back() == '\n');
    const std::size_t size = paper.text().size();
    progress.batch(3, 1);
    progress.end_epoch(2, 1);
    progress.finish();
    BOOST_TEST(paper.text().size() == size);
  }
  BOOST_TEST(split(paper.text(), '\n').size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_exception_leaves_the_bar_on_a_line_of_its_own) {
  const Paper paper;
  try {
    Progress progress(paper.options(ProgressMode::bar, 3, 4));
    progress.begin_epoch(1);
    progress.batch(1, 1);
    throw 1;
  } catch (int) {}
  BOOST_TEST(paper.text().back() == '\n');
}

BOOST_AUTO_TEST_CASE(lines_are_one_for_each_epoch_of_few) {
  const Paper paper;
  Progress progress(paper.options(ProgressMode::automatic, 3, 100));
  BOOST_TEST((progress.mode() == ProgressMode::lines));
  for (std::int64_t e = 1; e <= 3; ++e) {
    progress.begin_epoch(e);
    clock_seconds += 50;
    progress.batch(1, 7);
    progress.end_epoch(e, 0.5, e == 1 ? 12345.0 : 0.001);
  }
  progress.finish();
  BOOST_TEST(paper.text() ==
             "epoch 1/3  loss 0.5000  valid 1.234e+04  left 1:40\n"
             "epoch 2/3  loss 0.5000  valid 1.000e-03  left 0:50\n"
             "epoch 3/3  loss 0.5000  valid 1.000e-03  in 2:30\n");
}

BOOST_AUTO_TEST_CASE(many_epochs_make_about_twenty_lines_and_the_stride_is_said) {
  for (const auto& [epochs, stride] : std::vector<std::pair<std::int64_t, std::string>>{
           {20, ""}, {21, "2"}, {60, "5"}, {500, "50"}, {1'000'000, "50000"}}) {
    const Paper paper;
    Progress progress(paper.options(ProgressMode::lines, epochs));
    run_epochs(progress, epochs, 1);
    progress.finish();
    auto lines = split(paper.text(), '\n');
    BOOST_TEST(lines.back().empty());
    lines.pop_back();
    if (!stride.empty()) {
      BOOST_TEST(lines.front() == "a line for every " + stride + " epochs");
      lines.erase(lines.begin());
    }
    BOOST_TEST(lines.size() <= 22u);
    BOOST_TEST(lines.size() >= 10u);
    BOOST_TEST(lines.front().find(" 1/") != std::string::npos);
    BOOST_TEST(lines.back().find(std::to_string(epochs) + "/" + std::to_string(epochs)) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_run_that_stops_early_tells_its_last_epoch) {
  const Paper paper;
  Progress progress(paper.options(ProgressMode::lines, 500));
  run_epochs(progress, 73, 1);
  progress.finish();
  const auto lines = split(paper.text(), '\n');
  BOOST_TEST(lines[lines.size() - 2] == "epoch  73/500  loss 0.0137  in 1:13");
}

BOOST_AUTO_TEST_CASE(a_run_that_goes_on_counts_time_from_its_own_first_epoch) {
  const Paper paper;
  Progress progress(paper.options(ProgressMode::lines, 14));
  clock_seconds += 500;  // of which nothing was training
  progress.begin_epoch(11);
  clock_seconds += 3700;
  progress.end_epoch(11, 1);
  BOOST_TEST(paper.text() == "epoch 11/14  loss 1.0000  left 3:05:00\n");
}

BOOST_AUTO_TEST_CASE(none_writes_nothing) {
  const Paper paper;
  Progress progress(paper.options(ProgressMode::none, 3, 4));
  half_way(progress);
  progress.finish();
  BOOST_TEST(paper.text() == "");
}

BOOST_AUTO_TEST_CASE(a_terminal_has_a_coloured_bar_of_its_width_unless_it_asks_for_none) {
  const With columns("COLUMNS", "200"), type("TERM", "xterm");
  for (const bool plain : {false, true}) {
    const With no_color("NO_COLOR", plain ? "1" : nullptr);
    const Terminal terminal(67);
    Progress progress(terminal.options(ProgressMode::automatic, 3, 4));
    BOOST_TEST((progress.mode() == ProgressMode::bar));
    half_way(progress);
    BOOST_TEST(last_of(terminal.text()) ==
               (plain ? "epoch 2/3 [#####-----]  50 %  loss 0.3750  valid 0.5000  left 0:12"
                      : "epoch 2/3 [\x1b[32m#####\x1b[0m-----]  50 %  loss 0.3750  valid 0.5000  left 0:12"));
  }
}

BOOST_AUTO_TEST_CASE(a_resized_terminal_is_noticed) {
  const With type("TERM", "xterm");
  Terminal terminal(80);
  Progress progress(terminal.options(ProgressMode::automatic, 3, 4));
  progress.begin_epoch(1);
  terminal.text();
  terminal.resize(30);
  clock_seconds += 1;
  progress.batch(1, 0.5);
  BOOST_TEST(terminal.text().size() <= 30u);
}

BOOST_AUTO_TEST_CASE(a_dumb_terminal_has_lines) {
  const With type("TERM", "dumb");
  const Terminal terminal(80);
  BOOST_TEST((Progress(terminal.options(ProgressMode::automatic, 3)).mode() == ProgressMode::lines));
}

BOOST_AUTO_TEST_CASE(numbers_that_count_nothing_are_refused) {
  BOOST_CHECK_EXCEPTION(Progress({.epochs = 0}), ValueError, [](const ValueError& e) {
    return e.what() == std::string("progress: epochs is 0, not at least 1");
  });
  BOOST_CHECK_EXCEPTION(Progress({.batches = -1}), ValueError, [](const ValueError& e) {
    return e.what() == std::string("progress: batches is -1, not at least 0");
  });
}

BOOST_AUTO_TEST_SUITE_END()
