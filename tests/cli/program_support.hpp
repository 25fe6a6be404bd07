// Runs the program `cinta` as a child process, in a temporary folder. For the tests of cli/.
#pragma once

#include <cinta/framework/io/atomic_file.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace program_support {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// What a run of the program left behind.
struct Outcome {
  int code = -1;  // 128 + signal for one that was killed
  std::string out, error;
};

struct Limits {
  std::uint64_t file_size = 0;  // bytes that any file may have; 0: no limit
  bool full_output = false;     // what is printed goes to a disk that is full
};

/// A folder of its own for each test, with small tables and the program to run on them.
class Workplace {
 public:
  Workplace() {
    std::string pattern = (fs::temp_directory_path() / "cinta program XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  ~Workplace() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// Writes a file and returns its path.
  std::string file(const std::string& name, const std::string& text) const {
    cinta::write_file_atomically(path(name), text);
    return path(name);
  }
  std::string read(const std::string& name) const { return cinta::read_file(path(name)); }
  bool has(const std::string& name) const { return fs::exists(path(name)); }
  /// The names in a folder, sorted.
  Words names(const std::string& folder) const {
    Words found;
    for (const auto& entry : fs::directory_iterator(path(folder))) found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
  }

  /// Starts the program; `finish` waits for its end.
  pid_t start(const Words& words, const Limits& limits = {}) const {
    Words all{CINTA_PROGRAM};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (std::string& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::string out = path("stdout"), error = path("stderr");
    cinta::write_file_atomically(out, "");
    const pid_t child = fork();
    BOOST_REQUIRE(child >= 0);  // or a test would signal process -1: every process there is
    if (child != 0) return child;
    dup2(limits.full_output ? open("/dev/full", O_WRONLY) : open(out.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600),
         STDOUT_FILENO);
    dup2(open(error.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600), STDERR_FILENO);
    std::signal(SIGINT, SIG_DFL);
    alarm(60);  // nothing that was started here outlives the test by long
    if (limits.file_size > 0) {
      std::signal(SIGXFSZ, SIG_IGN);  // writing then fails, as on a full disk
      const rlimit limit{limits.file_size, limits.file_size};
      setrlimit(RLIMIT_FSIZE, &limit);
    }
    execv(argv[0], argv.data());
    _exit(127);
  }
  Outcome finish(pid_t child) const {
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read("stdout"), read("stderr")};
  }
  Outcome run(const Words& words, const Limits& limits = {}) const { return finish(start(words, limits)); }

 private:
  fs::path folder_;
};

inline std::string dataset(const std::string& name) {
  return std::string(CINTA_SOURCE_DIR "/datasets/") + name + ".csv";
}

/// Words that train a small network on iris in a moment.
inline Words train_iris(Words more = {}) {
  Words words{"train", "--data", dataset("iris"), "--target", "target", "--hidden", "8", "--epochs", "5"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// That a run was refused with one sentence on stderr, and printed nothing else.
inline void check_refused(const Outcome& outcome, const std::string& sentence, int code = 2) {
  BOOST_TEST(outcome.code == code, sentence << ": exit code " << outcome.code);
  BOOST_TEST(outcome.error == "cinta: " + sentence + "\n");
  if (code == 2) BOOST_TEST(outcome.out == "");
}
/// The same where the sentence goes on: it starts so, ends with a line's end, and is one line.
inline void check_refused_so(const Outcome& outcome, const std::string& start, int code = 2) {
  BOOST_TEST(outcome.code == code, start << ": exit code " << outcome.code);
  BOOST_TEST(outcome.error.starts_with("cinta: " + start), outcome.error << "does not begin with: " << start);
  BOOST_TEST(std::count(outcome.error.begin(), outcome.error.end(), '\n') == 1, outcome.error);
}

}  // namespace program_support
