// Small models, gradients made by hand, and repeatable noise, for the tests of optimizers.
#pragma once

#include <cinta/framework/optim/optimizer.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace optim_test {

using namespace cinta;

struct One {
  Parameter weight;
};
struct Dense {
  Parameter weight, bias;
};
struct Net {
  Dense hidden, out;
};

/// n numbers in [−1, 1), the same everywhere.
template <class T> std::vector<T> noise(std::int64_t n, std::uint64_t seed) {
  std::vector<T> x;
  std::uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
  for (std::int64_t i = 0; i < n; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    x.push_back(static_cast<T>(static_cast<double>(state >> 40) * 0x1p-23 - 1));
  }
  return x;
}

template <class T> Tensor vector_of(const std::vector<T>& x) {
  Tensor t = empty({static_cast<std::int64_t>(x.size())}, dtype_of<T>);
  for (std::size_t i = 0; i < x.size(); ++i) t.mutable_data<T>()[i] = x[i];
  return t;
}
template <class T> std::vector<T> values(const Parameter& p) {
  const auto s = p.raw_value().span<T>();
  return {s.begin(), s.end()};
}

inline void give(Gradients& g, const Parameter& p, Tensor gradient) {
  g.add(p.slot().index(), p.slot().generation(), -1, 0, std::move(gradient));
}
template <class T> Gradients gradient_of(const Parameter& p, const std::vector<T>& gradient) {
  Gradients g;
  give(g, p, vector_of(gradient));
  return g;
}

template <class T> Net make_net(std::uint64_t seed, std::int64_t hidden = 6) {
  return {{Parameter(vector_of(noise<T>(2 * hidden, seed))), Parameter(vector_of(noise<T>(hidden, seed + 1)))},
          {Parameter(vector_of(noise<T>(hidden, seed + 2))), Parameter(vector_of(noise<T>(1, seed + 3)))}};
}
template <class T> Gradients noisy_gradients(Net& net, std::uint64_t seed) {
  Gradients g;
  visit(net, [&](const Name&, Parameter& p) { give(g, p, vector_of(noise<T>(p.size(), ++seed))); });
  return g;
}
inline bool same_bytes(Net& a, Net& b) {
  return equal_bytes(a.hidden.weight.raw_value(), b.hidden.weight.raw_value()) &&
         equal_bytes(a.hidden.bias.raw_value(), b.hidden.bias.raw_value()) &&
         equal_bytes(a.out.weight.raw_value(), b.out.weight.raw_value()) &&
         equal_bytes(a.out.bias.raw_value(), b.out.bias.raw_value());
}
template <class T> bool same_bytes(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// The sentence that f throws as an E, or "" when it throws nothing.
template <class E, class F> std::string sentence(F f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return {};
}

}  // namespace optim_test
