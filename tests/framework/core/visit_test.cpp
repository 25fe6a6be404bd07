// The visitor over modules: every leaf, with its dotted name, through structs, containers and `visit` functions.
#include <cinta/framework/core/visit.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <complex>
#include <deque>
#include <forward_list>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace {

struct Toy {  // stands for Parameter: a leaf that is no aggregate
  Toy() = default;
  explicit Toy(int v) : value(v) {}
  int value = 0;
};
struct Running {  // stands for Buffer: a leaf that is an aggregate
  double mean = 0;
};
class Library {  // stands for Tensor: closed, and passed over
 public:
  Library() {}
  static void visit(auto& self, auto&& f) { f("toy", self.toy_); }  // opaque goes before it

 private:
  Toy toy_;
};

}  // namespace

template <> inline constexpr bool cinta::is_leaf_v<Toy> = true;
template <> inline constexpr bool cinta::is_leaf_v<Running> = true;
template <> inline constexpr bool cinta::is_opaque_v<Library> = true;

namespace {

using cinta::Name;

template <class T> std::string names_of(T& module) {
  std::string all;
  cinta::visit(module, [&](const Name& name, auto&) { all += name.str() + ' '; });
  return all;
}

struct Linear {
  Toy weight;
  Toy bias;
};
struct Relu {};
struct Net {
  Linear hidden;
  Relu activation;
  Linear out;
  int operator()(int x) const { return x; }
};

class Layer {  // closed, so it says what it holds
 public:
  explicit Layer(int size) : weight_(size), inner_{Linear{}, Linear{}} {}
  template <class Self> static void visit(Self& self, auto&& f) {
    f("weight", self.weight_);
    f("inner", self.inner_);
    f(7, self.weight_);
  }

 private:
  Toy weight_;
  std::vector<Linear> inner_;
};

struct Member {
  Member() {}
  void visit(auto&& f) { f("toy", toy); }
  void visit(auto&& f) const { f("toy", toy); }
  Toy toy;
};

struct Partial {  // an aggregate whose `visit` goes before its fields
  Toy kept, left_out;
  template <class Self> static void visit(Self& self, auto&& f) { f(std::string("re") + "named", self.kept); }
};

struct Tree {
  Toy value;
  std::vector<Tree> children;
  std::unique_ptr<Tree> next;
};

enum class Mode { fast };
struct Plain {  // nothing in it is a leaf
  bool flag = true;
  Mode mode{};
  const char* text = "";
  std::string string = "text";
  std::function<Toy(const Toy&)> function = [](const Toy& t) { return t; };
  Toy (*pointer)(Toy&) = nullptr;
  Toy Linear::*member = nullptr;
  decltype([](int x) { return x; }) lambda;
  std::vector<float> numbers{1, 2};
  std::vector<bool> bits{true};
  std::array<std::array<double, 2>, 2> matrix{};
  std::set<int> set{1};
  std::shared_ptr<int> shared;
  std::vector<float>* raw = nullptr;
  std::complex<float> complex;
  std::mutex mutex;
  Library library;
  std::vector<Library> libraries = std::vector<Library>(2);
  std::map<std::string, int> map{{"a", 1}};
  std::optional<Relu> optional{Relu{}};
  void* handle = nullptr;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(visit)

BOOST_AUTO_TEST_CASE(leaves_of_plain_structs_have_dotted_names_in_order) {
  Net net;
  BOOST_TEST(names_of(net) == "hidden.weight hidden.bias out.weight out.bias ");
}

BOOST_AUTO_TEST_CASE(leaves_are_those_of_the_module_itself_and_const_when_it_is) {
  Net net;
  int next = 1;
  cinta::visit(net, [&](const Name&, Toy& toy) { toy.value = next++; });
  BOOST_TEST(net.hidden.weight.value == 1);
  BOOST_TEST(net.hidden.bias.value == 2);
  BOOST_TEST(net.out.weight.value == 3);
  BOOST_TEST(net.out.bias.value == 4);
  const Net& fixed = net;
  int sum = 0;
  cinta::visit(fixed, [&](const Name&, auto& toy) {
    static_assert(std::is_same_v<decltype(toy), const Toy&>);
    sum += toy.value;
  });
  BOOST_TEST(sum == 10);
}

BOOST_AUTO_TEST_CASE(leaves_of_several_types_are_told_apart) {
  struct Norm {
    Toy scale;
    Running running;
  };
  Norm norm;
  std::string seen;
  struct Visitor {
    std::string& seen;
    void operator()(const Name& name, Toy&) { seen += "toy " + name.str() + ' '; }
    void operator()(const Name& name, Running&) { seen += "running " + name.str() + ' '; }
  };
  cinta::visit(norm, Visitor{seen});
  BOOST_TEST(seen == "toy scale running running ");
}

BOOST_AUTO_TEST_CASE(sequences_are_entered_by_index) {
  struct All {
    std::vector<Linear> vector = std::vector<Linear>(2);
    std::deque<Toy> deque = std::deque<Toy>(2);
    std::list<Toy> list = std::list<Toy>(1);
    std::forward_list<Toy> forward = std::forward_list<Toy>(1);
    std::array<Toy, 2> array;
    std::vector<std::vector<Toy>> nested{{Toy{}}, {}, {Toy{}, Toy{}}};
    std::vector<Linear> empty;
  };
  All all;
  BOOST_TEST(names_of(all) ==
             "vector.0.weight vector.0.bias vector.1.weight vector.1.bias deque.0 deque.1 list.0 forward.0 "
             "array.0 array.1 nested.0.0 nested.2.0 nested.2.1 ");
  std::vector<Toy> many(12);
  BOOST_TEST(names_of(many) == "0 1 2 3 4 5 6 7 8 9 10 11 ");
}

BOOST_AUTO_TEST_CASE(tuples_are_entered_by_index_and_skip_what_holds_nothing) {
  struct All {
    std::tuple<Linear, Relu, int, Toy> tuple;
    std::pair<int, Toy> pair;
  };
  const All all{};
  BOOST_TEST(names_of(all) == "tuple.0.weight tuple.0.bias tuple.3 pair.1 ");
}

BOOST_AUTO_TEST_CASE(optional_pointer_and_variant_lend_their_own_name_to_what_they_hold) {
  struct All {
    std::optional<Linear> with = Linear{};
    std::optional<Linear> without;
    std::unique_ptr<Linear> owned = std::make_unique<Linear>();
    std::unique_ptr<Linear> null;
    std::variant<Toy, Linear, Relu> variant = Linear{};
    std::variant<Toy, Linear, Relu> other;
    std::variant<Toy, Linear, Relu> none = Relu{};
  };
  All all;
  BOOST_TEST(names_of(all) == "with.weight with.bias owned.weight owned.bias variant.weight variant.bias other ");
}

BOOST_AUTO_TEST_CASE(what_a_const_module_points_to_is_const) {
  struct All {
    std::unique_ptr<Toy> owned = std::make_unique<Toy>(3);
  };
  const All all;
  int value = 0;
  cinta::visit(all, [&](const Name&, auto& toy) {
    static_assert(std::is_same_v<decltype(toy), const Toy&>);
    value = toy.value;
  });
  BOOST_TEST(value == 3);
}

BOOST_AUTO_TEST_CASE(maps_are_entered_by_key) {
  struct All {
    std::map<std::string, Linear> heads{{"b", {}}, {"a", {}}};
    std::map<int, Toy> levels{{-2, Toy{}}, {30, Toy{}}};
  };
  All all;
  BOOST_TEST(names_of(all) == "heads.a.weight heads.a.bias heads.b.weight heads.b.bias levels.-2 levels.30 ");
}

BOOST_AUTO_TEST_CASE(a_closed_type_is_visited_by_its_own_function) {
  struct All {
    Layer layer{3};
    Member member;
    Partial partial;
  };
  All all;
  const std::string names =
      "layer.weight layer.inner.0.weight layer.inner.0.bias layer.inner.1.weight layer.inner.1.bias layer.7 "
      "member.toy partial.renamed ";
  BOOST_TEST(names_of(all) == names);
  BOOST_TEST(names_of(std::as_const(all)) == names);
}

BOOST_AUTO_TEST_CASE(types_that_hold_themselves_are_followed_to_the_end) {
  Tree tree;
  tree.children.resize(2);
  tree.children[1].children.resize(1);
  tree.next = std::make_unique<Tree>();
  BOOST_TEST(names_of(tree) == "value children.0.value children.1.value children.1.children.0.value next.value ");
}

BOOST_AUTO_TEST_CASE(what_certainly_holds_no_leaf_is_passed_over) {
  Plain plain;
  BOOST_TEST(names_of(plain) == "");
  struct Between {
    Toy first;
    Plain plain;
    Toy last;
  };
  Between between;
  BOOST_TEST(names_of(between) == "first last ");
}

BOOST_AUTO_TEST_CASE(a_container_or_a_leaf_can_be_the_module_itself) {
  std::vector<Linear> layers(1);
  BOOST_TEST(names_of(layers) == "0.weight 0.bias ");
  std::variant<Linear> variant;
  BOOST_TEST(names_of(variant) == "weight bias ");
  Toy toy;
  int calls = 0;
  cinta::visit(toy, [&](const Name& name, Toy&) { calls += name.parent() == nullptr; });
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_name_gives_its_parts_without_allocating) {
  std::array<Net, 1> nets;
  std::string path;
  path.reserve(64);
  const char* buffer = path.data();
  std::string all;
  cinta::visit(nets, [&](const Name& name, Toy&) {
    path.clear();
    name.append_to(path);
    all += path + ' ';
    BOOST_TEST(!name.is_index());
    BOOST_TEST(name.parent()->parent()->is_index());
    BOOST_TEST(name.parent()->parent()->index() == 0);
    BOOST_TEST((name.text() == "weight" || name.text() == "bias"));
  });
  BOOST_TEST(all == "0.hidden.weight 0.hidden.bias 0.out.weight 0.out.bias ");
  BOOST_TEST(static_cast<const void*>(path.data()) == static_cast<const void*>(buffer));
}

BOOST_AUTO_TEST_CASE(the_concept_tells_modules_from_other_values) {
  using cinta::Module;
  static_assert(Module<Net> && Module<const Net&> && Module<Relu> && Module<Layer> && Module<Tree>);
  static_assert(Module<std::vector<Linear>> && Module<std::unique_ptr<Linear>> && Module<std::variant<Linear>>);
  static_assert(Module<decltype([](int x) { return x; })>);
  static_assert(!Module<int> && !Module<Mode> && !Module<Net*> && !Module<Toy> && !Module<Library>);
  static_assert(!Module<std::string> && !Module<std::vector<float>> && !Module<int (*)(int)>);
  static_assert(!Module<std::function<int(int)>>);
  int captured = 0;
  auto closure = [captured](int x) { return x + captured; };
  BOOST_TEST(Module<decltype(closure)>);  // so that `visit` tells why it is refused
}

BOOST_AUTO_TEST_SUITE_END()
