#include <cinta/framework/optim/schedules.hpp>

#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/optim/scalar_functions.hpp>

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace cinta {
namespace {

using Arguments = std::span<const Hyper>;

/// All that is known of a schedule: a new one is a row of the table below.
struct Definition {
  std::string_view name;
  std::string_view parameters;  // as its documentation calls them
  std::size_t least, most;      // numbers of arguments
  double (*evaluate)(Arguments, const Step&);
  bool (*valid)(Arguments, const Step&);
  std::string_view rule;  // what `valid` asks for
};

double updates_before(const Step& s) { return static_cast<double>(s.t > 1 ? s.t - 1 : 0); }
double at(Arguments a, std::size_t i, const Step& s) { return a[i].value(s); }
Step on_clock(Step s, long t) {
  s.t = t;
  return s;
}
bool is_count(const Hyper& h) {
  if (!h.is_number()) return false;
  const double n = h.value({});
  return n >= 1 && n <= 0x1p53 && std::trunc(n) == n;
}
bool always(Arguments, const Step&) { return true; }
bool second_is_count(Arguments a, const Step&) { return is_count(a[1]); }

double piecewise_value(Arguments a, const Step& s) {
  std::size_t i = 0;
  while (i + 2 < a.size() && a[i + 1].value(s) <= updates_before(s)) i += 2;
  return at(a, i, s);
}
bool piecewise_valid(Arguments a, const Step& s) {
  if (a.size() % 2 == 0) return false;
  for (std::size_t i = 1; i < a.size(); i += 2)
    if (!is_count(a[i]) || (i > 1 && a[i].value(s) <= a[i - 2].value(s))) return false;
  return true;
}

double between(double start, double end, double k, double steps, double part) {
  if (k <= 0) return start;  // exactly, as at the other end
  return k >= steps ? end : end + (start - end) * part;
}

double warmup_value(Arguments a, const Step& s) {
  const double steps = at(a, 0, s), t = updates_before(s) + 1;
  if (t <= steps) return at(a, 1, on_clock(s, 1)) * (t / steps);
  return at(a, 1, on_clock(s, static_cast<long>(t - steps)));
}

constexpr double pi = 3.14159265358979323846;
constexpr std::string_view steps_count = "steps is a whole number from 1 on";

constexpr Definition definitions[] = {
    {"constant", "value", 1, 1, [](Arguments a, const Step& s) { return at(a, 0, s); }, always, ""},
    {"cosine", "start, steps, end", 2, 3,
     [](Arguments a, const Step& s) {
       const double k = updates_before(s), steps = at(a, 1, s), end = a.size() > 2 ? at(a, 2, s) : 0;
       return between(at(a, 0, s), end, k, steps, k < steps ? (1 + cosine_of(pi * (k / steps))) / 2 : 0);
     },
     second_is_count, steps_count},
    {"linear_decay", "start, steps, end", 2, 3,
     [](Arguments a, const Step& s) {
       const double k = updates_before(s), steps = at(a, 1, s), end = a.size() > 2 ? at(a, 2, s) : 0;
       return between(at(a, 0, s), end, k, steps, 1 - k / steps);
     },
     second_is_count, steps_count},
    {"step_decay", "start, every, factor", 2, 3,
     [](Arguments a, const Step& s) {
       const double done = std::trunc(updates_before(s) / at(a, 1, s));
       return at(a, 0, s) * power(a.size() > 2 ? at(a, 2, s) : 0.1, done);
     },
     second_is_count, "every is a whole number from 1 on"},
    {"exponential_decay", "start, factor", 2, 2,
     [](Arguments a, const Step& s) { return at(a, 0, s) * power(at(a, 1, s), updates_before(s)); }, always, ""},
    {"piecewise", "value, boundary, value, …", 1, std::numeric_limits<std::size_t>::max(), piecewise_value,
     piecewise_valid, "values alternate with boundaries, which are whole numbers from 1 on and rise"},
    {"linear_warmup", "steps, after", 2, 2, warmup_value, [](Arguments a, const Step&) { return is_count(a[0]); },
     steps_count},
    {"per_epoch", "schedule", 1, 1,
     [](Arguments a, const Step& s) { return at(a, 0, on_clock(s, s.epoch > 0 ? s.epoch : 1)); }, always, ""},
};

const Definition& find_definition(std::string_view name, Where where) {
  std::vector<std::string> known;
  for (const Definition& d : definitions) {
    if (d.name == name) return d;
    known.emplace_back(d.name);
  }
  throw ValueError(where, fmt::format("unknown schedule \"{}\"{}", name, did_you_mean(name, known)));
}

class Named final : public Schedule {
 public:
  Named(const Definition& definition, std::vector<Hyper> arguments)
      : definition_(definition), arguments_(std::move(arguments)), opaque_(false) {
    for (const Hyper& a : arguments_) opaque_ = opaque_ || a.is_opaque();
  }

  double value(const Step& step) const override { return definition_.evaluate(arguments_, step); }
  std::string text() const override {
    if (opaque_) return {};
    std::string text = fmt::format("{}(", definition_.name);
    for (const Hyper& a : arguments_) text += (&a == arguments_.data() ? "" : ", ") + a.text();
    return text + ')';
  }

 private:
  const Definition& definition_;
  std::vector<Hyper> arguments_;
  bool opaque_;  // a function among the arguments
};

}  // namespace

Hyper make_schedule(std::string_view name, std::vector<Hyper> arguments, Where where) {
  const Definition& d = find_definition(name, where);
  if (arguments.size() < d.least || arguments.size() > d.most)
    throw ValueError(where, fmt::format("{}({}) takes no {} arguments", d.name, d.parameters, arguments.size()));
  if (!d.valid(arguments, {})) throw ValueError(where, fmt::format("{}({}): {}", d.name, d.parameters, d.rule));
  return Hyper(std::make_shared<const Named>(d, std::move(arguments)));
}

Hyper constant(double value) { return make_schedule("constant", {value}, {}); }
Hyper cosine(double start, long steps, double end) { return make_schedule("cosine", {start, steps, end}, {}); }
Hyper linear_decay(double start, long steps, double end) {
  return make_schedule("linear_decay", {start, steps, end}, {});
}
Hyper step_decay(double start, long every, double factor) {
  return make_schedule("step_decay", {start, every, factor}, {});
}
Hyper exponential_decay(double start, double factor) { return make_schedule("exponential_decay", {start, factor}, {}); }
Hyper linear_warmup(long steps, Hyper after) { return make_schedule("linear_warmup", {steps, std::move(after)}, {}); }
Hyper per_epoch(Hyper schedule) { return make_schedule("per_epoch", {std::move(schedule)}, {}); }

Hyper warmup_cosine(double peak, long warmup, long steps, double end) {
  if (warmup >= steps)
    throw ValueError(
        fmt::format("warmup_cosine: a warm-up of {} steps leaves none of {} for the cosine", warmup, steps));
  return linear_warmup(warmup, cosine(peak, steps - warmup, end));
}

Hyper piecewise(const std::vector<long>& boundaries, const std::vector<double>& values) {
  if (values.size() != boundaries.size() + 1)
    throw ValueError(fmt::format("piecewise: {} boundaries need {} values, not {}", boundaries.size(),
                                 boundaries.size() + 1, values.size()));
  std::vector<Hyper> arguments{values[0]};
  for (std::size_t i = 0; i < boundaries.size(); ++i) {
    arguments.emplace_back(boundaries[i]);
    arguments.emplace_back(values[i + 1]);
  }
  return make_schedule("piecewise", std::move(arguments), {});
}

}  // namespace cinta
