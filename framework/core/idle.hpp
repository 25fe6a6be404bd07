// Objects that a thread keeps from one use to the next, so that a training step allocates nothing. For the tape.
#pragma once

#include <memory>
#include <new>
#include <vector>

namespace cinta {

/// What a thread keeps of one type. An object may outlive that: one that a thread-local variable holds is destroyed
/// late.
template <class T> class Idle {
 public:
  /// One that was kept, as it was left, or a new one.
  static std::unique_ptr<T> take() {
    if (gone_ || kept().empty()) return std::make_unique<T>();
    std::unique_ptr<T> object = std::move(kept().back());
    kept().pop_back();
    return object;
  }
  /// Keeps the object, or deletes it where the thread is ending or no memory is left to note it.
  static void keep(std::unique_ptr<T> object) noexcept {
    if (gone_) return;
    try {
      kept().push_back(std::move(object));
    } catch (const std::bad_alloc&) {  // then it is not kept
    }
  }

 private:
  struct Kept {
    std::vector<std::unique_ptr<T>> objects;
    ~Kept() { gone_ = true; }
  };
  static std::vector<std::unique_ptr<T>>& kept() {
    static thread_local Kept kept;
    return kept.objects;
  }

  static constinit inline thread_local bool gone_ = false;
};

}  // namespace cinta
