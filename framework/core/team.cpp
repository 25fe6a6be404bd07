#include <cinta/framework/core/team.hpp>

#include <cinta/framework/core/storage.hpp>

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>

namespace cinta {
namespace {

// As long as the serial stretches between the loops of a training step, and what lies between two steps.
constexpr auto patience = std::chrono::microseconds(200);

thread_local bool inside_loop = false;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

Team* Team::of_this_thread(int threads) {
  static constinit thread_local bool gone = false;
  struct Owner {
    std::shared_ptr<Team> team;  // helpers may outlive the thread
    ~Owner() { gone = true; }
  };
  if (gone) return nullptr;
  thread_local Owner owner;
  try {
    if (owner.team == nullptr || owner.team->shares_.size() < static_cast<std::size_t>(threads))
      owner.team = std::make_shared<Team>(threads);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
  return owner.team.get();
}

bool Team::inside() { return inside_loop; }

void Team::run(std::int64_t n, int threads, FunctionRef<void(std::int64_t)> f,
               void (*summon)(std::shared_ptr<Team> team, int share)) {
  const Loop loop{f, static_cast<int>(std::min<std::int64_t>(n, threads))};
  for (int i = 0; i < loop.shares; ++i) {
    Share& share = shares_[static_cast<std::size_t>(i)];
    share.next.store(n * i / loop.shares, std::memory_order_relaxed);
    share.end = n * (i + 1) / loop.shares;
  }
  loop_.store(&loop);
  opened_.fetch_add(1);
  for (int i = 1; i < loop.shares; ++i) {
    std::atomic<bool>& taken = shares_[static_cast<std::size_t>(i)].taken;
    if (taken.load() || taken.exchange(true)) continue;
    try {
      summon(shared_from_this(), i);
    } catch (const std::bad_alloc&) {  // then the others do more
      taken = false;
    }
  }
  inside_loop = true;
  work(loop, 0);
  inside_loop = false;
  // A helper counts itself before it reads loop_: it is waited for, or finds nothing.
  loop_.store(nullptr);
  for (int turn = 1; present_.load() != 0; ++turn) turn % 4096 == 0 ? std::this_thread::yield() : relax();
}

void Team::work(const Loop& loop, int share) {
  for (int k = 0; k < loop.shares; ++k) {
    Share& s = shares_[static_cast<std::size_t>((share + k) % loop.shares)];
    for (std::int64_t i = s.next++; i < s.end; i = s.next++) loop.f(i);
  }
}

void Team::help(int share) {
  using Clock = std::chrono::steady_clock;
  inside_loop = true;
  std::uint64_t seen = 0;
  auto until = Clock::now() + patience;
  for (int turn = 1;; ++turn) {
    if (const std::uint64_t opened = opened_.load(); opened != seen) {
      seen = opened;
      ++present_;
      const Loop* loop = loop_.load();
      const bool wanted = loop != nullptr && share < loop->shares;
      if (wanted) work(*loop, share);
      --present_;
      if (wanted) until = Clock::now() + patience;
    } else if (turn % 32 == 0 && Clock::now() > until && leave(shares_[static_cast<std::size_t>(share)], seen)) {
      break;
    } else {
      relax();
    }
  }
  inside_loop = false;
  share_pooled_memory();
}

// A loop may have been opened meanwhile by an owner that counted on this helper: then it stays.
bool Team::leave(Share& share, std::uint64_t seen) {
  share.taken.store(false);
  return opened_.load() == seen || share.taken.exchange(true);
}

}  // namespace cinta
