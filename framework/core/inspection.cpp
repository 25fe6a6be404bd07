#include <cinta/framework/core/inspection.hpp>

#include <cinta/framework/core/anomaly.hpp>
#include <cinta/framework/core/memory_watch.hpp>

#include <cstring>
#include <mutex>

namespace cinta {
namespace {

struct Trace {
  std::mutex mutex;
  std::vector<TraceEvent> events;
};
Trace& the_trace() {
  static auto* trace = new Trace;  // never destroyed: a static object's destructor may still step
  return *trace;
}

thread_local double marked = 0;
thread_local std::vector<double> vjp_begins;  // they nest when one differentiates

int thread_number() {
  static std::atomic<int> threads{0};
  static thread_local const int number = threads.fetch_add(1, std::memory_order_relaxed);
  return number;
}

double axis(const Shape& s, int from_the_end) { return static_cast<double>(s[s.rank() - from_the_end]); }

// 2·m·n·k of the products, 0 for other ops.
double flops_of(const char* op, const Shape& a, const Shape& b, const Shape& y) {
  const auto size = static_cast<double>(y.size());
  if (size == 0 || a.rank() == 0 || b.rank() == 0) return 0;
  if (std::strncmp(op, "linear", 6) == 0) return 2 * size * axis(a, 1);
  if (std::strcmp(op, "matmul") != 0) return 0;
  if (a.rank() == 1 || b.rank() == 1) return 2 * size * static_cast<double>(a.rank() == 1 ? a.size() : b.size());
  return 2 * size * axis(a, 1) * axis(a, 2) / axis(y, 2);  // a is m × k or its transpose
}

TraceEvent event(const char* name, const char* phase, Where where) {
  return {name, phase, thread_number(), marked, now_in_seconds(), true, f32, {}, 0, 0, where};
}

void trace_node(const char* op, const Tensor& y, Where where, const Input* inputs, std::size_t count) {
  TraceEvent e = event(op, "forward", where);
  e.dtype = y.dtype();
  e.shape = y.shape();
  e.bytes = static_cast<double>(y.bytes());
  for (std::size_t i = 0; i < count; ++i)
    if (inputs[i].tensor != nullptr) e.bytes += static_cast<double>(inputs[i].tensor->bytes());
  if (count >= 2 && inputs[0].tensor != nullptr && inputs[1].tensor != nullptr)
    e.flops = flops_of(op, inputs[0].tensor->shape(), inputs[1].tensor->shape(), y.shape());
  trace(e);
  mark_time();
}

void trace_vjp(const VjpContext& c) {
  TraceEvent e = event(c.op().name, "backward", c.where());
  e.begin = vjp_begins.back();
  e.dtype = c.dtype();
  e.shape = c.output_shape();
  e.bytes = static_cast<double>(c.output_shape().size()) * static_cast<double>(size_of(c.dtype()));
  int needed = 0;
  for (int i = 0; i < c.inputs(); ++i) {
    if (!c.needs(i)) continue;
    if (i < 2) ++needed;  // a bias costs no product
    e.bytes += static_cast<double>(c.input_shape(i).size()) * static_cast<double>(size_of(c.input_dtype(i)));
  }
  for (int i = 0; i < c.saved_count(); ++i)
    if (const Tensor& t = c.saved_values(i); t.defined()) e.bytes += static_cast<double>(t.bytes());
  if (c.saved_count() >= 2 && c.saved_values(0).defined() && c.saved_values(1).defined())
    e.flops = needed * flops_of(c.op().name, c.saved_values(0).shape(), c.saved_values(1).shape(), c.output_shape());
  trace(e);
  mark_time();
}

}  // namespace

double now_in_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void mark_time() { marked = now_in_seconds(); }

void trace(TraceEvent e) {
  Trace& t = the_trace();
  const std::lock_guard lock(t.mutex);
  t.events.push_back(e);
}

std::vector<TraceEvent> take_trace() {
  Trace& t = the_trace();
  const std::lock_guard lock(t.mutex);
  return std::exchange(t.events, {});
}

void inspect_leaf(Tape& tape, const char* name, const Tensor& value, Where where) {
  if (inspected_by(Inspection::profile)) {
    mark_time();  // the op that uses it begins
    if (tape.nodes.empty()) tape.began = marked;
  }
  if (inspected_by(Inspection::anomaly)) check_value(name, value, where, nullptr, 0);
}

void inspect_node(const char* op, const Tensor& y, Where where, const Input* inputs, std::size_t count) {
  if (inspected_by(Inspection::profile)) trace_node(op, y, where, inputs, count);
  if (inspected_by(Inspection::memory)) MemoryWatch::sample();
  if (inspected_by(Inspection::anomaly)) check_value(op, y, where, inputs, count);
  if (inspected_by(Inspection::profile)) mark_time();
}

void trace_forward(const Tape& tape, Where where) {
  if (!inspected_by(Inspection::profile)) return;
  trace({"forward", "forward", thread_number(), tape.began, now_in_seconds(), false, f32, {}, 0, 0, where});
  mark_time();
}

void inspect_before_vjp(const VjpContext&) {
  if (!inspected_by(Inspection::profile)) return;
  mark_time();
  vjp_begins.push_back(marked);
}

void inspect_after_vjp(const VjpContext& context, const std::vector<Tensor>& gradients) {
  if (inspected_by(Inspection::profile) && !vjp_begins.empty()) {
    trace_vjp(context);
    vjp_begins.pop_back();
  }
  if (inspected_by(Inspection::memory)) MemoryWatch::sample();
  if (inspected_by(Inspection::anomaly)) check_gradients(context, gradients);
}

void TraceSpan::finish() noexcept {
  try {
    trace({name_, name_, thread_number(), begin_, now_in_seconds(), false, f32, {}, 0, 0, where_});
    mark_time();
  } catch (...) {  // a span that there is no memory for is left out
  }
}

}  // namespace cinta
