#include <cinta/framework/train/interrupt.hpp>

#include <atomic>
#include <csignal>
#include <mutex>

namespace cinta {
namespace {

// All that the handler touches. Atomics without locks are safe there.
std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

struct Installed {
  int signal;
  bool ours = false;
  struct sigaction earlier = {};
};
std::mutex mutex;
int guards = 0;
Installed installed[] = {{SIGINT}, {SIGTERM}};

extern "C" void note_signal(int signal) {
  int none = 0;
  if (first_signal.compare_exchange_strong(none, signal)) return;
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, nullptr);
  raise(signal);  // blocked until this handler returns, then it ends the process
}

bool is_ours(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == note_signal;
}

void install(Installed& entry) {
  sigaction(entry.signal, nullptr, &entry.earlier);
  if ((entry.earlier.sa_flags & SA_SIGINFO) == 0 && entry.earlier.sa_handler == SIG_IGN) return;
  struct sigaction action = {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;  // reading a file goes on
  sigemptyset(&action.sa_mask);
  entry.ours = sigaction(entry.signal, &action, nullptr) == 0;
}

void restore(Installed& entry) {
  struct sigaction current = {};
  if (entry.ours && sigaction(entry.signal, nullptr, &current) == 0 && is_ours(current))
    sigaction(entry.signal, &entry.earlier, nullptr);
  entry.ours = false;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  const std::lock_guard lock(mutex);
  if (guards++ > 0) return;
  first_signal = 0;
  for (Installed& entry : installed) install(entry);
}

InterruptGuard::~InterruptGuard() {
  const std::lock_guard lock(mutex);
  if (--guards > 0) return;
  for (Installed& entry : installed) restore(entry);
}

int InterruptGuard::signal() const noexcept { return first_signal.load(std::memory_order_relaxed); }

}  // namespace cinta
