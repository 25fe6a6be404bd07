// An optimizer of one's own, as a link of ten lines, beside Adam on a table.
//   own_optimizer breast_cancer.csv
#include <cinta/cinta.hpp>
#include <cinta/framework/optim/chain.hpp>
#include <cstdio>
using namespace cinta;

/// AdaBelief: as Adam, but the step is divided by how far the gradient strays from what was expected, not by its size:
///   m ← β₁ m + (1 − β₁) u,  s ← β₂ s + (1 − β₂) (u − m)² + ε,  u = m̂ / (√ŝ + ε).
/// Zhuang et al. 2020, arXiv:2010.07468.
struct ScaleByBelief {
  Hyper beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;

  static constexpr auto name = "scale_by_belief";
  static constexpr int slots = 2;  // m and s, of the parameter's shape, zero at first
  static constexpr std::array<const char*, 2> slot_names{"m", "s"};
  struct Scalars {
    double beta1, beta2, m_correction, s_correction, epsilon;
  };
  Scalars prepare(const Step& t) const {  // once a step
    const double b1 = beta1.value(t), b2 = beta2.value(t), n = static_cast<double>(t.updates);
    return {b1, b2, 1 / (1 - std::pow(b1, n)), 1 / (1 - std::pow(b2, n)), epsilon};
  }
  auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/, auto& m, auto& s) const {  // on SIMD packs
    m = c.beta1 * m + (1 - c.beta1) * u;
    s = c.beta2 * s + (1 - c.beta2) * squared(u - m) + c.epsilon;
    return (m * c.m_correction) / (sqrt(s * c.s_correction) + c.epsilon);
  }
};

/// With weight decay and a learning rate that are links of the library: all three run in one pass over memory.
Optimizer adabelief(Hyper learning_rate, Hyper weight_decay = 0.01) {
  return chain(ScaleByBelief{}, DecayedWeights{weight_decay}, ScaleByLearningRate{learning_rate}).named("adabelief");
}

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: own_optimizer breast_cancer.csv\n", stderr), 2;
  const Table table = read_csv(argv[1]);
  const Partition part = partition(table, "target", {.valid = 0.2, .test = 0.2, .seed = 1});
  const Encoder encoder = Encoder::fit(table.select(part.train), "target");
  const Batch train = encoder.encode(table.select(part.train)), valid = encoder.encode(table.select(part.valid)),
              test = encoder.encode(table.select(part.test));

  for (Optimizer optimizer : {adamw(cosine(3e-3, 600)), adabelief(cosine(3e-3, 600))}) {
    Mlp net({.inputs = encoder.feature_count(), .hidden = {16}, .dropout = 0.1});
    init(net, {.seed = 1});  // the same first weights for both
    const History history = fit(net, BinaryCrossEntropy{}, optimizer, train,
                                {.epochs = 50, .seed = 1, .validation = valid, .patience = 10});
    const Metrics m = classification_metrics(sigmoid(predict(net, test.x)), test.y);
    std::printf("%-10s %2zu epochs, test log loss %.4f, accuracy %.4f\n", optimizer.name().c_str(),
                history.epochs.size(), m.at("log_loss"), m.at("accuracy"));
  }
}
