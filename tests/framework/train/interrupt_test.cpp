// What SIGINT and SIGTERM do while an InterruptGuard lives, and after. Deaths are watched in child processes.
#include <cinta/framework/train/interrupt.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

namespace {

using cinta::InterruptGuard;

std::atomic<int> noted{0};
void note(int signal) { noted = signal; }
void note_too(int signal) { noted = -signal; }

using Handler = void (*)(int);

Handler handler_of(int signal) {
  struct sigaction action = {};
  sigaction(signal, nullptr, &action);
  return action.sa_handler;
}

// Sets a handler for the length of a test.
class WithHandler {
 public:
  WithHandler(int signal, Handler handler) : signal_(signal), earlier_(std::signal(signal, handler)) { noted = 0; }
  ~WithHandler() { std::signal(signal_, earlier_); }

 private:
  int signal_;
  Handler earlier_;
};

// The signal that ended a child which ran f with default handlers; 0 if it came to f's end.
template <class F> int death_of_child(F&& f) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    f();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interrupt)

BOOST_AUTO_TEST_CASE(the_first_signal_only_sets_a_flag) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const InterruptGuard guard;
    BOOST_TEST(!guard.interrupted());
    BOOST_TEST(guard.signal() == 0);
    std::raise(signal);
    BOOST_TEST(guard.interrupted());
    BOOST_TEST(guard.signal() == signal);
  }
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_the_process_the_default_way) {
  BOOST_TEST(death_of_child([] {
               const InterruptGuard guard;
               std::raise(SIGINT);
             }) == 0);
  BOOST_TEST(death_of_child([] {
               const InterruptGuard guard;
               std::raise(SIGINT);
               std::raise(SIGINT);
             }) == SIGINT);
  BOOST_TEST(death_of_child([] {
               const InterruptGuard guard;
               std::raise(SIGINT);
               std::raise(SIGTERM);
             }) == SIGTERM);
}

BOOST_AUTO_TEST_CASE(without_a_guard_signals_do_what_they_did) {
  BOOST_TEST(death_of_child([] {
               { const InterruptGuard guard; }
               std::raise(SIGINT);
             }) == SIGINT);
  const WithHandler handler(SIGINT, note);
  {
    const InterruptGuard guard;
    std::raise(SIGINT);
    BOOST_TEST(noted == 0);
  }
  std::raise(SIGINT);
  BOOST_TEST(noted == SIGINT);
}

BOOST_AUTO_TEST_CASE(the_last_of_nested_guards_restores_in_whatever_order_they_go) {
  const WithHandler handler(SIGINT, note);
  auto outer = std::make_unique<InterruptGuard>();
  auto inner = std::make_unique<InterruptGuard>();
  std::raise(SIGINT);
  BOOST_TEST(outer->interrupted());
  BOOST_TEST(inner->interrupted());
  outer.reset();
  BOOST_TEST((handler_of(SIGINT) != note));
  BOOST_TEST(InterruptGuard().interrupted());  // also one that comes after the signal
  inner.reset();
  BOOST_TEST((handler_of(SIGINT) == note));
  BOOST_TEST(!InterruptGuard().interrupted());  // a flag of its own
}

BOOST_AUTO_TEST_CASE(an_ignored_signal_stays_ignored) {
  const WithHandler handler(SIGINT, SIG_IGN);
  {
    const InterruptGuard guard;
    std::raise(SIGINT);
    BOOST_TEST(!guard.interrupted());
    BOOST_TEST((handler_of(SIGTERM) != SIG_DFL));
  }
  BOOST_TEST((handler_of(SIGINT) == SIG_IGN));
}

BOOST_AUTO_TEST_CASE(a_handler_that_came_meanwhile_is_left_in_place) {
  const WithHandler handler(SIGINT, note);
  {
    const InterruptGuard guard;
    std::signal(SIGINT, note_too);
  }
  BOOST_TEST((handler_of(SIGINT) == note_too));
}

BOOST_AUTO_TEST_CASE(guards_of_many_threads_leave_the_handlers_as_they_were) {
  const WithHandler handler(SIGINT, note), other(SIGTERM, note_too);
  std::atomic<int> seen{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        const InterruptGuard guard;
        if (handler_of(SIGINT) != note && handler_of(SIGTERM) != note_too) ++seen;
      }
    });
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(seen == 8000);
  BOOST_TEST((handler_of(SIGINT) == note));
  BOOST_TEST((handler_of(SIGTERM) == note_too));
}

BOOST_AUTO_TEST_CASE(a_read_goes_on_after_the_signal) {
  int ends[2];
  BOOST_REQUIRE(pipe(ends) == 0);
  const InterruptGuard guard;
  std::atomic<long> got{-2};
  std::thread reader([&] {
    char c = 0;
    got = read(ends[0], &c, 1);
  });
  usleep(20'000);  // until it waits in read
  pthread_kill(reader.native_handle(), SIGINT);
  while (!guard.interrupted()) std::this_thread::yield();
  usleep(20'000);
  BOOST_TEST(got == -2);  // still reading
  BOOST_TEST(write(ends[1], "x", 1) == 1);
  reader.join();
  BOOST_TEST(got == 1);
  close(ends[0]);
  close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()
