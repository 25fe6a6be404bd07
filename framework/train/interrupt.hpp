// InterruptGuard: Ctrl-C as a request to stop after the batch, instead of the end of the process. A light header.
#pragma once

namespace cinta {

/// While one lives, the first SIGINT or SIGTERM only sets a flag, and a second ends the process the default way.
///
///   InterruptGuard guard;
///   while (!guard.interrupted() && next_batch()) step();
///   save(net, path);
///
/// Guards may nest and live in several threads: the first installs the handlers, the last restores those it found, and
/// all see the same flag, which starts anew with the first. A signal that was ignored stays ignored (a job under
/// `nohup`), and a handler that someone installed meanwhile is left in place. The handler stores to atomics and does
/// nothing else.
class [[nodiscard]] InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// Whether a signal has come. Costs one load: ask after every batch.
  bool interrupted() const noexcept { return signal() != 0; }
  /// SIGINT or SIGTERM, whichever came first; 0 for none.
  int signal() const noexcept;
};

}  // namespace cinta
