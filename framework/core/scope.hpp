// Scopes say what a forward pass does: Training and Recording record ops on a tape of their own, Evaluation records
// nothing. Outside every scope nothing is recorded. A light header, for everybody.
#pragma once

#include <cinta/framework/core/error.hpp>

#include <cstdint>

namespace cinta {

class Tape;

/// What ops may know of the forward pass that they are in. A thread has a stack of these.
class Scope {
 public:
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  /// The innermost scope of this thread, or null.
  static Scope* current() { return current_; }

  /// Whether ops are recorded.
  bool records() const { return tape_ != nullptr; }
  /// The tape of this recording, or null.
  Tape* tape() const { return tape_; }
  /// Whether dropout and running statistics are on.
  bool training() const { return training_; }
  /// Of every random op inside.
  std::uint64_t seed() const { return seed_; }
  /// Forward passes so far: how often a backward has cleared this scope's tape.
  std::int64_t pass() const { return pass_; }
  /// Random ops so far in this pass; each takes the next.
  std::int64_t next_ordinal() { return ordinal_++; }
  /// The number that `next_ordinal` would give.
  std::int64_t ordinal() const { return ordinal_; }
  /// The absolute row, in the batch before it was cut into shards, of this pass's first row.
  std::int64_t first_row() const { return first_row_; }
  /// The line that opened it.
  Where where() const { return where_; }

  // For the tape: a clearing backward begins the next pass; `backward` and `grad` pause recording while they sweep.
  void begin_next_pass() {
    ++pass_;
    ordinal_ = 0;
  }
  void set_ordinal(std::int64_t ordinal) { ordinal_ = ordinal; }
  static void set_current(Scope* scope) { current_ = scope; }

 protected:
  Scope(bool records, bool training, std::uint64_t seed, std::int64_t pass, std::int64_t first_row, Where where);
  /// On a tape that another scope owns.
  Scope(Tape& borrowed, bool training, std::uint64_t seed, std::int64_t pass, std::int64_t first_row, Where where)
      : parent_(current_),
        tape_(&borrowed),
        owns_tape_(false),
        training_(training),
        seed_(seed),
        pass_(pass),
        first_row_(first_row),
        where_(where) {
    current_ = this;
  }
  ~Scope();

 private:
  static constinit thread_local Scope* current_;

  Scope* parent_;
  Tape* tape_ = nullptr;
  bool owns_tape_ = true;
  bool training_;
  std::uint64_t seed_;
  std::int64_t pass_, ordinal_ = 0, first_row_;
  Where where_;
};

/// Options of `Training`.
struct TrainingOptions {
  std::uint64_t seed = 0;      // of every random op inside
  std::int64_t pass = 0;       // the first pass's number, to continue an interrupted run
  std::int64_t first_row = 0;  // the absolute row of the batch's first row
};

/// Records ops until it is destroyed, and turns dropout and running statistics on.
class [[nodiscard]] Training : public Scope {
 public:
  /// From here on.
  explicit Training(TrainingOptions options = {}, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : Scope(true, true, options.seed, options.pass, options.first_row, {file, line}) {}
};

/// Records ops until it is destroyed; layers behave as in evaluation.
class [[nodiscard]] Recording : public Scope {
 public:
  /// From here on.
  explicit Recording(const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : Scope(true, false, 0, 0, 0, {file, line}) {}
};

/// Records nothing until it is destroyed, also inside one of the others.
class [[nodiscard]] Evaluation : public Scope {
 public:
  /// From here on.
  explicit Evaluation(const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : Scope(false, false, 0, 0, 0, {file, line}) {}
};

}  // namespace cinta
