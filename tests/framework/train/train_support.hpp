// What the tests of fit share: a small network, data, and the sentence of an error.
#pragma once

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random.hpp>
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/module.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace train_support {

using namespace cinta;

struct Net {
  Linear hidden{2, 8};
  Linear out{8, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};

inline Net new_net(std::uint64_t seed = 1, Dtype dtype = f32) {
  Net net;
  init(net, {.seed = seed, .dtype = dtype});
  return net;
}

inline const Tensor xor_x{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, xor_y{{0}, {1}, {1}, {0}};

/// Features drawn at random, and a target that is a smooth function of the first two with some noise.
struct MadeUp {
  Tensor x, y;
};
inline MadeUp made_up(std::int64_t rows, std::int64_t features = 2, std::uint64_t seed = 7) {
  Rng rng(seed, 0);
  Tensor x = empty({rows, features}), y = empty({rows, 1});
  for (float& value : x.mutable_span<float>()) value = static_cast<float>(4 * rng.uniform() - 2);
  for (std::int64_t i = 0; i < rows; ++i) y.set({i, 0}, x(i, 0) * x(i, 1) + 0.5 * x(i, 0) + 0.1 * rng.uniform() - 0.05);
  return {x, y};
}

/// Sets the number of threads, and puts it back.
class Threads {
 public:
  explicit Threads(int n) : before_(num_threads()) { set_num_threads(n); }
  ~Threads() { set_num_threads(before_); }

 private:
  int before_;
};

/// The bytes of all parameters, one after the other.
template <class M> std::string bytes_of(const M& net) {
  std::string bytes;
  for (const auto& p : named_parameters(net)) {
    const Tensor value = p.parameter->value();
    bytes.append(static_cast<const char*>(value.raw()), value.bytes());
  }
  return bytes;
}

/// The sentence of the error of type E that f throws.
template <class E, class F> std::string sentence(F&& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another type of error: ") + error.what();
  }
  return "no error";
}

}  // namespace train_support

/// Checks that a one-line call throws E with this sentence, under the line of the call.
#define CHECK_SENTENCE(E, call, text) \
  BOOST_TEST(train_support::sentence<E>([&] { (void)(call); }) == cinta::prefix({__FILE__, __LINE__}) + (text))
