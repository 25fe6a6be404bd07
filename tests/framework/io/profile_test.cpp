// Profile: the file is JSON with every op of a step, times nest, figures are those of the shapes; nothing is left on.
#include <cinta/framework/core/inspection.hpp>
#include <cinta/framework/io/profile.hpp>
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>
#include <fstream>

#include <set>
#include <thread>

namespace {

using namespace cinta;

struct Net {
  Linear hidden{20, 30};
  Linear out{30, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};

struct File {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("cinta_profile_" + std::to_string(::getpid()) + ".json");
  ~File() { std::filesystem::remove(path); }
  nlohmann::json read() const {
    std::ifstream in(path);
    return nlohmann::json::parse(in);
  }
};

Net network() {
  Net net;
  init(net, {.seed = 1});
  return net;
}
const Tensor x = uniform({64, 20}, -1, 1, {.seed = 1}), y = ones({64, 1});

void step(Net& net, Optimizer& optimizer, int times = 1) {
  const Training training;
  for (int i = 0; i < times; ++i) optimizer.step(net, backward(mean(square(net(x) - y))));
}

double begin_of(const nlohmann::json& e) { return e["ts"]; }
double end_of(const nlohmann::json& e) { return begin_of(e) + e["dur"].get<double>(); }
bool within(const nlohmann::json& a, const nlohmann::json& b) {
  return begin_of(a) >= begin_of(b) - 1e-3 && end_of(a) <= end_of(b) + 1e-3;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(profile)

BOOST_AUTO_TEST_CASE(every_op_of_a_step_is_there_forwards_and_backwards_inside_its_span) {
  const File file;
  Net net = network();
  Optimizer optimizer = sgd(0.1);
  {
    Profile profile(file.path);
    step(net, optimizer);
    profile.finish();
  }
  const nlohmann::json trace = file.read();
  std::multiset<std::string> forward, backward, spans;
  std::vector<nlohmann::json> ops, outer;
  for (const auto& e : trace) {
    BOOST_TEST(e["ph"] == "X");
    BOOST_TEST(e["dur"].get<double>() >= 0);
    if (e["cat"] == "span") spans.insert(e["name"]), outer.push_back(e);
    else (e["cat"] == "forward" ? forward : backward).insert(e["name"]), ops.push_back(e);
  }
  const std::multiset<std::string> expected{"linear", "tanh", "linear", "sub", "square", "mean"};
  BOOST_TEST((forward == expected));
  BOOST_TEST((backward == expected));
  BOOST_TEST((spans == std::multiset<std::string>{"forward", "backward", "step"}));
  for (const auto& op : ops)
    for (const auto& span : outer)
      BOOST_TEST((span["name"] == op["cat"]) == within(op, span), op.dump() << " in " << span.dump());
  // Spans, and ops of one phase, follow each other.
  for (std::size_t i = 0; i < ops.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      BOOST_TEST((end_of(ops[k]) <= begin_of(ops[i]) + 1e-3 || end_of(ops[i]) <= begin_of(ops[k]) + 1e-3));
}

BOOST_AUTO_TEST_CASE(bytes_flops_shape_and_line_are_those_of_the_op) {
  const File file;
  const Net net = network();
  const Tensor a = ones({5, 7, 3}), b = ones({5, 4, 3});
  int line = 0;
  {
    Profile profile(file.path);
    const Recording recording;
    line = __LINE__ + 1;
    const Tensor h = linear(x, net.hidden.weight, net.hidden.bias);
    const Tensor batched = matmul(variable(a), variable(b), {.transpose_b = true});
    (void)backward(sum(h) + sum(batched));
    profile.finish();
    for (const ProfileEntry& e : profile.entries()) {
      const double linear_flops = 2. * 64 * 20 * 30, matmul_flops = 2. * 5 * 7 * 4 * 3;
      if (e.op == "linear" && e.phase == "forward") {
        BOOST_TEST(e.flops == linear_flops);
        BOOST_TEST(e.bytes == 4. * (64 * 20 + 20 * 30 + 30 + 64 * 30));
      }
      if (e.op == "linear" && e.phase == "backward") BOOST_TEST(e.flops == linear_flops);  // x is a constant
      if (e.op == "matmul") BOOST_TEST(e.flops == (e.phase == "forward" ? 1 : 2) * matmul_flops);
      if (e.op == "sum") BOOST_TEST((e.calls == 2 && e.flops == 0));
      BOOST_TEST(e.seconds >= 0);
    }
    BOOST_TEST(profile.entries().size() == 2u * 4);  // linear, matmul, sum, add
  }
  bool seen = false;
  for (const auto& e : file.read())
    if (e["name"] == "linear" && e["cat"] == "forward") {
      seen = true;
      BOOST_TEST(e["args"]["shape"] == "[64, 30]");
      BOOST_TEST(e["args"]["type"] == "f32");
      BOOST_TEST(e["args"]["line"] == std::string(__FILE__) + ":" + std::to_string(line));
      BOOST_TEST(e["args"]["GFLOP/s"].get<double>() > 0);
    }
  BOOST_TEST(seen);
}

BOOST_AUTO_TEST_CASE(the_table_has_the_costliest_ops_first_and_as_many_as_asked) {
  const File file;
  Net net = network();
  Optimizer optimizer = sgd(0.1);
  Profile profile(file.path);
  BOOST_TEST(profile.entries().empty());
  step(net, optimizer, 20);
  profile.finish();
  const auto& entries = profile.entries();
  BOOST_TEST(entries.size() == 2u * 5);
  for (std::size_t i = 1; i < entries.size(); ++i) BOOST_TEST(entries[i].seconds <= entries[i - 1].seconds);
  for (const ProfileEntry& e : entries) BOOST_TEST(e.calls == (e.op == "linear" ? 40 : 20));
  const std::string table = profile.table(3);
  BOOST_TEST(std::count(table.begin(), table.end(), '\n') == 4);
  BOOST_TEST(table.find(entries[0].op) < table.find('\n', table.find('\n') + 1));
}

BOOST_AUTO_TEST_CASE(ops_inside_the_derivative_of_another_lie_inside_it_and_threads_are_told_apart) {
  const File file;
  const Net net = network();
  Profile profile(file.path);
  {
    const Recording recording;
    const Tensor leaf = variable(x);
    const Tensor g = grad(sum(tanh(linear(leaf, net.hidden.weight))), {leaf}, {.create_graph = true})[0];
    (void)backward(sum(square(g)));
  }
  std::jthread([&] {
    const Recording recording;
    (void)backward(sum(square(variable(x))));
  }).join();
  profile.finish();
  std::set<int> threads;
  bool nested = false;
  double own = 0;  // µs of tanh's derivative without what lies inside it
  const nlohmann::json trace = file.read();
  for (const auto& e : trace) {
    threads.insert(e["tid"].get<int>());
    if (e["name"] != "tanh" || e["cat"] != "backward") continue;
    own += e["dur"].get<double>();
    for (const auto& inner : trace)
      if (inner["cat"] == "forward" && inner["tid"] == e["tid"] && inner["name"] != "forward" && within(inner, e)) {
        nested = true;
        own -= inner["dur"].get<double>();
      }
  }
  for (const ProfileEntry& e : profile.entries())
    if (e.op == "tanh" && e.phase == "backward") BOOST_TEST(std::abs(e.seconds * 1e6 - own) < 0.01);
  BOOST_TEST(threads.size() == 2u);
  BOOST_TEST(nested);
}

BOOST_AUTO_TEST_CASE(what_stands_before_the_first_use_of_a_parameter_does_not_count_to_its_op) {
  const File file;
  const Net net = network();
  Profile profile(file.path);
  const Recording recording;
  const Tensor h = tanh(linear(x, net.hidden.weight, net.hidden.bias));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  (void)linear(h, net.out.weight, net.out.bias);
  profile.finish();
  for (const ProfileEntry& e : profile.entries()) BOOST_TEST(e.seconds < 0.1, e.op);
}

BOOST_AUTO_TEST_CASE(a_profile_changes_no_bit_and_leaves_nothing_on) {
  const File file;
  Net plain = network(), profiled = network();
  Optimizer a = adam(0.1), b = adam(0.1);
  step(plain, a, 5);
  {
    Profile profile(file.path);
    BOOST_TEST(inspected());
    step(profiled, b, 5);
    profile.finish();
    BOOST_TEST(!inspected());
  }
  BOOST_TEST(equal_bytes(flatten(plain), flatten(profiled)));
  step(plain, a);
  BOOST_TEST(take_trace().empty());
}

BOOST_AUTO_TEST_CASE(a_second_profile_and_a_file_that_cannot_be_written_are_refused) {
  const File file;
  {
    Profile profile(file.path);
    BOOST_CHECK_THROW(const Profile second(file.path), ValueError);
    profile.finish();
  }
  BOOST_CHECK_THROW(const Profile nowhere("/nowhere/at/all.json"), FileError);
  Profile again(file.path);  // the refused one left the way free
  again.finish();
  BOOST_TEST(file.read().empty());
}

BOOST_AUTO_TEST_SUITE_END()
