#include <cinta/framework/core/scope.hpp>

#include <cinta/framework/core/op.hpp>

#include <memory>
#include <new>
#include <vector>

namespace cinta {
namespace {

// Tapes keep the capacity of their vectors from one scope of the thread to the next.
std::vector<std::unique_ptr<Tape>>& idle_tapes() {
  static thread_local std::vector<std::unique_ptr<Tape>> tapes;
  return tapes;
}

}  // namespace

constinit thread_local Scope* Scope::current_ = nullptr;

Scope::Scope(bool records, bool training, std::uint64_t seed, std::int64_t pass, std::int64_t first_row, Where where)
    : parent_(current_), training_(training), seed_(seed), pass_(pass), first_row_(first_row), where_(where) {
  if (records) {
    auto& idle = idle_tapes();
    if (idle.empty()) {
      tape_ = new Tape;
    } else {
      tape_ = idle.back().release();
      idle.pop_back();
    }
    tape_->open(where);
  }
  current_ = this;
}

Scope::~Scope() {
  if (tape_ != nullptr && owns_tape_) {
    std::unique_ptr<Tape> idle(tape_);
    idle->clear(where_);
    idle->outer = nullptr;
    try {
      idle_tapes().push_back(std::move(idle));
    } catch (const std::bad_alloc&) {  // then it is not kept
    }
  }
  current_ = parent_;
}

}  // namespace cinta
