// Inspection: what looks at ops as they are recorded and differentiated. AnomalyMode, MemoryWatch and Profile share one
// word, so that a step without any of them pays one relaxed load and a branch where a node is made. For the tape.
#pragma once

#include <cinta/framework/core/op.hpp>

#include <atomic>
#include <chrono>
#include <vector>

namespace cinta {

/// Who looks; each may do so several times at once.
enum class Inspection : std::uint32_t { anomaly = 1, memory = 1u << 10, profile = 1u << 20 };

namespace detail {
inline std::atomic<std::uint32_t> inspections{0};  // how many look, ten bits for each kind
}

inline void begin_inspection(Inspection kind) {
  detail::inspections.fetch_add(static_cast<std::uint32_t>(kind), std::memory_order_relaxed);
}
inline void end_inspection(Inspection kind) {
  detail::inspections.fetch_sub(static_cast<std::uint32_t>(kind), std::memory_order_relaxed);
}
/// Whether anybody looks.
inline bool inspected() { return detail::inspections.load(std::memory_order_relaxed) != 0; }
inline bool inspected_by(Inspection kind) {
  return (detail::inspections.load(std::memory_order_relaxed) / static_cast<std::uint32_t>(kind)) % 1024 != 0;
}

// Called when inspected: a leaf is about to be recorded, a node was recorded, a vjp is about to run and has run.
void inspect_leaf(Tape& tape, const char* name, const Tensor& value, Where where);
void inspect_node(const char* op, const Tensor& y, Where where, const Input* inputs, std::size_t count);
void trace_forward(const Tape& tape, Where where);  // of a tape with `began`, which backward now sweeps
void inspect_before_vjp(const VjpContext& context);
void inspect_after_vjp(const VjpContext& context, const std::vector<Tensor>& gradients);

/// One piece of work, for a profile; times in seconds of the steady clock.
struct TraceEvent {
  const char* name;
  const char* phase;  // "forward", "backward", "step"
  int thread;         // from 0, in order of first events
  double begin, end;
  bool op;  // an op, or a span that ops lie in
  Dtype dtype;
  Shape shape;
  double bytes, flops;  // read and written, of its arguments and results; of matrix products
  Where where;
};

double now_in_seconds();
/// The time at which this thread's next op is taken to begin: the end of the one before, or of a span.
void mark_time();
void trace(TraceEvent event);
/// Takes out all events so far.
std::vector<TraceEvent> take_trace();

/// A span around ops, if a profile is running when it begins.
class TraceSpan {
 public:
  TraceSpan(const char* name, Where where) : name_(name), where_(where) {
    if (inspected() && inspected_by(Inspection::profile)) [[unlikely]]
      begin_ = now_in_seconds();
  }
  ~TraceSpan() {
    if (begin_ > 0) [[unlikely]]
      finish();
  }
  TraceSpan(const TraceSpan&) = delete;
  TraceSpan& operator=(const TraceSpan&) = delete;

 private:
  void finish() noexcept;

  const char* name_;
  Where where_;
  double begin_ = 0;
};

}  // namespace cinta
