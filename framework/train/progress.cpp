#include <cinta/framework/train/progress.hpp>

#include <cinta/framework/core/error.hpp>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace cinta {
namespace {

constexpr double seconds_between_drawings = 0.1;
constexpr std::int64_t most_lines = 20;
constexpr std::size_t most_columns = 200, longest_bar = 40, shortest_bar = 10;

// ASCII text of bounded length, without allocation.
class Text {
 public:
  template <class... T> void add(fmt::format_string<T...> format, T&&... values) {
    const auto end = fmt::format_to_n(data_ + size_, sizeof data_ - size_, format, std::forward<T>(values)...).out;
    size_ = static_cast<std::size_t>(end - data_);
  }
  void add(std::size_t count, char c) {
    for (; count > 0 && size_ < sizeof data_; --count) data_[size_++] = c;
  }
  void cut(std::size_t size) { size_ = std::min(size_, size); }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {data_, size_}; }

 private:
  char data_[2 * most_columns + 64];
  std::size_t size_ = 0;
};

// The number right-aligned, so that what follows stands still.
void add_epoch(Text& text, std::int64_t epoch, std::int64_t epochs) {
  text.add("epoch {:{}}/{}", epoch, fmt::formatted_size("{}", epochs), epochs);
}

void add_figure(Text& text, const char* name, double x) {
  if (std::isnan(x)) return;
  const double size = std::abs(x);
  if (size != 0 && (size < 0.01 || size >= 1e4)) text.add("  {} {:.3e}", name, x);
  else text.add("  {} {:.4f}", name, x);
}

void add_duration(Text& text, const char* name, double seconds) {
  if (!(seconds < 1e9)) return;  // not known yet
  const auto s = static_cast<std::int64_t>(std::max(0.0, seconds) + 0.5);
  if (s < 3600) text.add("  {} {}:{:02}", name, s / 60, s % 60);
  else if (s < 86400) text.add("  {} {}:{:02}:{:02}", name, s / 3600, s / 60 % 60, s % 60);
  else text.add("  {} {} d {} h", name, s / 86400, s / 3600 % 24);
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

bool is_terminal(std::FILE* file) {
  const int fd = fileno(file);
  return fd >= 0 && isatty(fd) == 1 && environment("TERM") != "dumb";
}

// Asked again at each drawing, for terminals are resized.
std::size_t columns_of(std::FILE* file) {
  winsize size = {};
  const int fd = fileno(file);
  if (fd >= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return std::min<std::size_t>(size.ws_col, most_columns);
  const char* text = std::getenv("COLUMNS");
  const long columns = text == nullptr ? 0 : std::strtol(text, nullptr, 10);
  return columns > 0 ? std::min(static_cast<std::size_t>(columns), most_columns) : 80;
}

// 1, 2, 5, 10, 20, …: the least with which `epochs` make at most `most_lines` lines.
std::int64_t stride_of_lines(std::int64_t epochs) {
  for (std::int64_t ten = 1;; ten *= 10)
    for (const std::int64_t k : {ten, 2 * ten, 5 * ten})
      if (epochs / k <= most_lines) return k;
}

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Progress::Progress(const ProgressOptions& options)
    : mode_(options.mode),
      out_(options.out == nullptr ? stderr : options.out),
      clock_(options.seconds == nullptr ? steady_seconds : options.seconds),
      epochs_(options.epochs),
      batches_(options.batches) {
  if (epochs_ < 1) throw ValueError(fmt::format("progress: epochs is {}, not at least 1", epochs_));
  if (batches_ < 0) throw ValueError(fmt::format("progress: batches is {}, not at least 0", batches_));
  const bool terminal = mode_ != ProgressMode::none && is_terminal(out_);
  if (mode_ == ProgressMode::automatic) mode_ = terminal ? ProgressMode::bar : ProgressMode::lines;
  colour_ = terminal && environment("NO_COLOR").empty();
  every_ = stride_of_lines(epochs_);
  start_ = clock_();
}

Progress::~Progress() { finish(); }

void Progress::begin_epoch(std::int64_t epoch) {
  if (mode_ == ProgressMode::none || finished_) return;
  if (first_epoch_ == 0) {
    first_epoch_ = epoch;
    start_ = clock_();
    if (mode_ == ProgressMode::lines && every_ > 1) fmt::print(out_, "a line for every {} epochs\n", every_);
  }
  epoch_ = epoch;
  done_ = losses_ = 0;
  loss_sum_ = 0;
  draw_now_and_then();
}

void Progress::batch(std::int64_t done, double loss) {
  if (mode_ != ProgressMode::bar || finished_) return;
  done_ = done;
  loss_sum_ += loss;
  ++losses_;
  draw_now_and_then();
}

void Progress::end_epoch(std::int64_t epoch, double loss, double valid) {
  if (mode_ == ProgressMode::none || finished_) return;
  if (first_epoch_ == 0) first_epoch_ = epoch;
  if (ended_epoch_ == 0) {
    short_epochs_ = clock_() - start_ < 1;
    if (batches_ == 0) batches_ = done_;
  }
  epoch_ = ended_epoch_ = epoch;
  done_ = batches_;
  losses_ = 0;
  loss_ = loss;
  valid_ = valid;
  draw_now_and_then();
  if (mode_ != ProgressMode::lines) return;
  if (epoch == first_epoch_ || epoch % every_ == 0) write_epoch();  // and the last, by finish
}

void Progress::finish() noexcept {
  if (finished_) return;
  finished_ = true;
  if (ended_epoch_ > 0) {
    epoch_ = ended_epoch_;  // a part of an epoch, where a run was interrupted, has no figures
    losses_ = 0;
    if (mode_ == ProgressMode::lines && ended_epoch_ != written_epoch_) write_epoch();
    if (mode_ == ProgressMode::bar) draw();
  }
  if (!line_open_) return;
  std::fputc('\n', out_);
  std::fflush(out_);
}

double Progress::share_of_epoch() const {
  if (epoch_ == ended_epoch_) return 1;
  return batches_ > 0 ? std::min(1.0, static_cast<double>(done_) / static_cast<double>(batches_)) : 0;
}

double Progress::share() const {
  if (!short_epochs_ && batches_ > 0) return share_of_epoch();
  return std::min(1.0, (static_cast<double>(epoch_ - 1) + share_of_epoch()) / static_cast<double>(epochs_));
}

double Progress::seconds_left(double elapsed) const {
  const double done = static_cast<double>(epoch_ - first_epoch_) + share_of_epoch();
  const double all = static_cast<double>(epochs_ - first_epoch_ + 1);
  return done > 0 ? elapsed * std::max(0.0, all - done) / done : std::numeric_limits<double>::infinity();
}

void Progress::draw_now_and_then() {
  const double time = clock_();
  if (mode_ != ProgressMode::bar || time - drawn_ < seconds_between_drawings) return;
  drawn_ = time;
  draw();
}

void Progress::draw() {
  Text epoch, percent, loss, valid, time, line;
  const double elapsed = clock_() - start_, done = share();
  add_epoch(epoch, epoch_, epochs_);
  percent.add(" {:3} %", static_cast<int>(done * 100));
  add_figure(loss, "loss", losses_ > 0 ? loss_sum_ / static_cast<double>(losses_) : loss_);
  add_figure(valid, "valid", valid_);
  if (finished_) add_duration(time, "in", elapsed);
  else add_duration(time, "left", seconds_left(elapsed));

  const std::size_t room = columns_of(out_) - 1;  // a full line would wrap
  std::size_t used = epoch.size() + loss.size();
  const auto fits = [&](const Text& text) {
    const bool yes = used + text.size() <= room;
    if (yes) used += text.size();
    return yes;
  };
  const bool has_valid = fits(valid), has_time = has_valid && fits(time), has_percent = has_time && fits(percent);
  const std::size_t frame = 3, left = room > used + frame ? room - used - frame : 0;  // " [" and "]"
  const std::size_t bar = has_percent && left >= shortest_bar ? std::min(left, longest_bar) : 0;

  line.add("\r{}", epoch.view());
  if (bar > 0) {
    const auto filled = static_cast<std::size_t>(done * static_cast<double>(bar));
    line.add(" [{}", colour_ ? "\x1b[32m" : "");
    line.add(filled, '#');
    if (colour_) line.add("\x1b[0m");
    line.add(bar - filled, '-');
    line.add("]");
    used += bar + frame;
  }
  if (has_percent) line.add("{}", percent.view());
  line.add("{}", loss.view());
  if (has_valid) line.add("{}", valid.view());
  if (has_time) line.add("{}", time.view());
  if (used > room) line.cut(1 + room);  // without a bar, hence without colours
  used = std::min(used, room);
  if (drawn_columns_ > used) line.add(std::min(drawn_columns_, room) - used, ' ');
  drawn_columns_ = used;
  std::fwrite(line.view().data(), 1, line.size(), out_);
  std::fflush(out_);
  line_open_ = true;
}

void Progress::write_epoch() {
  Text line;
  const double elapsed = clock_() - start_;
  add_epoch(line, epoch_, epochs_);
  add_figure(line, "loss", loss_);
  add_figure(line, "valid", valid_);
  if (finished_ || epoch_ == epochs_) add_duration(line, "in", elapsed);
  else add_duration(line, "left", seconds_left(elapsed));
  line.add(1, '\n');
  std::fwrite(line.view().data(), 1, line.size(), out_);
  std::fflush(out_);
  written_epoch_ = epoch_;
}

}  // namespace cinta
