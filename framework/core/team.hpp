// Team: the threads that help one thread with its parallel loops, and wait a little for the next before they go.
// For parallel.cpp alone.
#pragma once

#include <cinta/framework/core/parallel.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace cinta {

/// One thread's loops, one at a time. Each thread that takes part begins with a share of its own, the same in every
/// loop of equal length, so that what it wrote in one is still in its cache in the next; then it helps with the
/// others'.
class Team : public std::enable_shared_from_this<Team> {
 public:
  /// Of `threads` threads, the owner among them.
  explicit Team(int threads) : shares_(static_cast<std::size_t>(threads)) {}

  /// The calling thread's, of at least so many threads, outside loops; null where there is no memory for one, or the
  /// thread has destroyed its own.
  static Team* of_this_thread(int threads);
  /// Whether this thread is inside a loop, and may not begin another.
  static bool inside();

  /// f(0), …, f(n − 1) by this thread and at most `threads − 1` others; f may not throw. `summon` has `help` called on
  /// a free thread, now, later or never.
  void run(std::int64_t n, int threads, FunctionRef<void(std::int64_t)> f,
           void (*summon)(std::shared_ptr<Team> team, int share));
  /// What a summoned thread does: takes part in loops until none has come for a while, and leaves its pool to all.
  void help(int share);

 private:
  struct alignas(64) Share {
    std::atomic<std::int64_t> next{0};
    std::int64_t end = 0;
    std::atomic<bool> taken{false};  // a helper was summoned for it and has not left
  };
  struct Loop {
    FunctionRef<void(std::int64_t)> f;
    int shares;
  };

  void work(const Loop& loop, int share);
  bool leave(Share& share, std::uint64_t seen);

  std::vector<Share> shares_;
  alignas(64) std::atomic<std::uint64_t> opened_{0};  // loops so far
  std::atomic<const Loop*> loop_{nullptr};            // the open one
  alignas(64) std::atomic<int> present_{0};           // helpers that may be looking at it
};

}  // namespace cinta
