// What the subcommands share: each registers its flags and what runs when it was named; main.cpp turns what they throw
// into a sentence and an exit code.
#pragma once

#include <stdexcept>
#include <string>

namespace CLI {
class App;
}

namespace cinta::cli {

/// 0: done. 1: it failed while running. 2: it was asked for what can't be. 130: Ctrl-C, with the best model kept.
enum Exit { done = 0, failed = 1, refused = 2, interrupted = 130 };

/// Something that failed at run time, where the same kind of error in the input would be refused: a full disk at the
/// end.
struct RunError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The exit code of the subcommand that ran.
int& exit_code();

void add_train(CLI::App& program);
void add_evaluate(CLI::App& program);
void add_predict(CLI::App& program);
void add_lesson(CLI::App& program);
void add_new(CLI::App& program);
void add_doctor(CLI::App& program);

}  // namespace cinta::cli
