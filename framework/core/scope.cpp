#include <cinta/framework/core/scope.hpp>

#include <cinta/framework/core/idle.hpp>
#include <cinta/framework/core/op.hpp>

namespace cinta {

constinit thread_local Scope* Scope::current_ = nullptr;

Scope::Scope(bool records, bool training, std::uint64_t seed, std::int64_t pass, std::int64_t first_row, Where where)
    : parent_(current_), training_(training), seed_(seed), pass_(pass), first_row_(first_row), where_(where) {
  if (records) {
    tape_ = Idle<Tape>::take().release();  // with the capacity of its vectors
    tape_->open(where);
  }
  current_ = this;
}

Scope::~Scope() {
  if (tape_ != nullptr && owns_tape_) {
    std::unique_ptr<Tape> idle(tape_);
    idle->clear(where_);
    idle->outer = nullptr;
    Idle<Tape>::keep(std::move(idle));
  }
  // It is the innermost of its thread, unless it lay on the heap: then others may be open, or its thread has ended.
  Scope** link = &current_;
  while (*link != nullptr && *link != this) link = &(*link)->parent_;
  if (*link == this) *link = parent_;
}

}  // namespace cinta
