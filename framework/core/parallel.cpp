#include <cinta/framework/core/parallel.hpp>

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/team.hpp>

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

namespace cinta {
namespace {

constexpr int max_threads = 1024;

// An explicit count needs an arena of its own, which may be larger than the machine, and leave for that many workers.
struct Runtime {
  std::mutex mutex;
  std::unique_ptr<tbb::global_control> control;
  std::shared_ptr<tbb::task_arena> arena;
  std::atomic<int> threads{0};  // 0: as TBB finds it
};

void configure(Runtime& r, int n) {
  const std::lock_guard lock(r.mutex);
  r.threads.store(n, std::memory_order_relaxed);
  r.control.reset();
  r.arena.reset();
  if (n == 1) return;
  r.control =
      std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(n));
  r.arena = std::make_shared<tbb::task_arena>(n);
}

int threads_from_environment() {
  const char* text = std::getenv("CINTA_NUM_THREADS");
  if (text == nullptr || *text == '\0') return 0;
  const std::string_view view(text);
  int n = 0;
  const auto [end, error] = std::from_chars(view.begin(), view.end(), n);
  if (error != std::errc() || end != view.end() || n < 1 || n > max_threads)
    throw ValueError(fmt::format("CINTA_NUM_THREADS is \"{}\", not a number from 1 to {}", text, max_threads));
  return n;
}

Runtime& runtime() {
  static Runtime* r = [] {
    auto made = std::make_unique<Runtime>();
    if (const int n = threads_from_environment(); n != 0) configure(*made, n);
    return made.release();  // never destroyed: a static model's destructor may still compute
  }();
  return *r;
}

// Whether the caller is in a TBB arena with fewer threads than the machine has, whose limit holds.
bool in_limited_arena() { return tbb::this_task_arena::max_concurrency() < tbb::info::default_concurrency(); }

// Keeps the exception of the lowest index.
class FirstError {
 public:
  void keep(std::int64_t index) {
    const std::lock_guard lock(mutex_);
    if (error_ != nullptr && index_ <= index) return;
    index_ = index;
    error_ = std::current_exception();
  }
  void rethrow() const {
    if (error_ != nullptr) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::int64_t index_ = 0;
  std::exception_ptr error_;
};

#ifdef CINTA_PARALLEL_THREADS

// For ThreadSanitizer, which finds races in any program whose TBB it did not instrument: threads of their own.
void summon(std::shared_ptr<Team> team, int share) {
  std::thread([team = std::move(team), share] { team->help(share); }).detach();
}

void run_inside(std::int64_t n, FunctionRef<void(std::int64_t)> f) {
  for (std::int64_t i = 0; i < n; ++i) f(i);
}

#else

// The arena of an explicit count, which another thread may be setting anew, or null where loops run in the caller's.
std::shared_ptr<tbb::task_arena> own_arena() {
  Runtime& r = runtime();
  if (in_limited_arena()) return nullptr;
  const std::lock_guard lock(r.mutex);
  return r.arena;
}

void summon(std::shared_ptr<Team> team, int share) {
  const auto help = [team = std::move(team), share] { team->help(share); };
  if (const auto arena = own_arena(); arena != nullptr) arena->enqueue(help);
  else tbb::task_arena(tbb::task_arena::attach{}).enqueue(help);
}

// A loop inside a loop, by threads that are not in one.
void run_inside(std::int64_t n, FunctionRef<void(std::int64_t)> f) {
  // Isolated: a thread that waits here must not pick up another task, which would record on this thread's tape.
  const auto isolated = [&] {
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(
          tbb::blocked_range<std::int64_t>(0, n, 1),
          [&](const tbb::blocked_range<std::int64_t>& range) {
            for (std::int64_t i = range.begin(); i < range.end(); ++i) f(i);
          },
          tbb::simple_partitioner{});
    });
  };
  if (const auto arena = own_arena(); arena != nullptr) arena->execute(isolated);
  else isolated();
}

#endif

}  // namespace

int num_threads() {
  const int n = runtime().threads.load(std::memory_order_relaxed);
  const int here = tbb::this_task_arena::max_concurrency();
  if (n == 0) return here;
  return in_limited_arena() ? std::min(n, here) : n;
}

void set_num_threads(int n) {
  if (n < 1 || n > max_threads)
    throw ValueError(fmt::format("set_num_threads: {} is not from 1 to {}", n, max_threads));
  configure(runtime(), n);
}

void parallel_for(std::int64_t n, FunctionRef<void(std::int64_t)> f) {
  const int threads = n <= 1 ? 1 : num_threads();
  const bool nested = threads > 1 && Team::inside();
  Team* team = threads > 1 && !nested ? Team::of_this_thread(threads) : nullptr;
  if (!nested && team == nullptr) {
    for (std::int64_t i = 0; i < n; ++i) f(i);
    return;
  }
  FirstError first;
  const auto caught = [&](std::int64_t i) {
    try {
      f(i);
    } catch (...) {
      first.keep(i);
    }
  };
  if (nested) run_inside(n, caught);
  else team->run(n, threads, caught, summon);
  first.rethrow();
}

}  // namespace cinta
