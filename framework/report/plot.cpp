#include <cinta/framework/report/plot.hpp>

#include <cinta/framework/io/atomic_file.hpp>

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

extern char** environ;  // NOLINT(readability-redundant-declaration): no header declares it under strict C++

namespace cinta {
namespace {

// A file in memory, without a name: what a child reads or writes, of any length and without a pipe that could fill up.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("cinta plot", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "plot: no memory for a picture");
  }
  explicit MemoryFile(const std::string& text) : MemoryFile() {
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t n = ::write(descriptor_, text.data() + done, text.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw std::system_error(errno, std::generic_category(), "plot: no memory for a picture");
      done += static_cast<std::size_t>(n);
    }
    lseek(descriptor_, 0, SEEK_SET);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }

  int descriptor() const { return descriptor_; }
  std::string contents() const {
    std::string text;
    char buffer[1 << 16];
    for (off_t offset = 0;;) {
      const ssize_t n = pread(descriptor_, buffer, sizeof buffer, offset);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(n));
      offset += n;
    }
  }

 private:
  int descriptor_;
};

struct Finished {
  bool found = true;
  int status = 0;
  std::string out, error;
};

// `gnuplot --default-settings`, so that no start-up file of the user's changes a picture.
Finished run_gnuplot(const std::string& script) {
  const MemoryFile in(script), out, error;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.descriptor(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, error.descriptor(), STDERR_FILENO);
  char name[] = "gnuplot", settings[] = "--default-settings";
  char* const words[] = {name, settings, nullptr};
  pid_t child = 0;
  const int failure = posix_spawnp(&child, name, &actions, nullptr, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure == ENOENT || failure == EACCES || failure == ENOTDIR) return {false, 0, {}, {}};
  if (failure != 0) throw std::system_error(failure, std::generic_category(), "plot: gnuplot can't be started");
  Finished finished;
  while (waitpid(child, &finished.status, 0) < 0)
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "plot: gnuplot was lost");
  finished.out = out.contents();
  finished.error = error.contents();
  return finished;
}

// gnuplot's own sentence: the last line that it wrote, after the position in the script.
std::string complaint(const std::string& error) {
  std::string last;
  for (std::size_t begin = 0; begin < error.size();) {
    const std::size_t end = std::min(error.find('\n', begin), error.size());
    if (error.find_first_not_of(" \t^", begin) < end) last = error.substr(begin, end - begin);
    begin = end + 1;
  }
  return last.empty() ? "it ended without a picture" : last;
}

}  // namespace

Plotted plot(const std::vector<Figure>& panels, const std::filesystem::path& path, const PlotOptions& options,
             Where where) {
  constexpr std::pair<const char*, const char*> formats[] = {{"svg", ".svg"}, {"pngcairo", ".png"}};
  std::string pictures[2];
  for (std::size_t i = 0; i < 2; ++i) {
    Finished finished = run_gnuplot(gnuplot_script(panels, formats[i].first, options, where));
    if (!finished.found) return Plotted::no_gnuplot;
    if (finished.status != 0 || finished.out.empty())
      throw Error(where, "plot: gnuplot failed: " + complaint(finished.error));
    pictures[i] = std::move(finished.out);
  }
  for (std::size_t i = 0; i < 2; ++i) write_file_atomically(path.string() + formats[i].second, pictures[i]);
  return Plotted::written;
}

}  // namespace cinta
