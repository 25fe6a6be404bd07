// A model of two inputs and a loss of one's own: do two pictures show the same digit?
//   two_inputs digits.csv      (datasets/digits.csv: 8 × 8 pixels, and the digit)
//
// One network embeds both pictures, and the loss draws pairs of one digit together and pushes others apart until they
// are a margin away. Hadsell, Chopra and LeCun, "Dimensionality reduction by learning an invariant mapping", CVPR 2006.
#include <cinta/cinta.hpp>
#include <cstdio>
using namespace cinta;

// A batch is any struct of tensors with one row an example.
struct Pairs {
  Tensor left, right;  // [n, 64]
  Tensor same;         // [n], 1 for two pictures of one digit
};

struct Twin {
  Linear hidden{64, 64}, embedding{64, 8};

  Tensor embed(const Tensor& x) const { return embedding(relu(hidden(x))); }
  /// The distance of each pair, shape [n]. Its square is kept from 0, where the root has no derivative.
  Tensor operator()(const Tensor& left, const Tensor& right) const {
    return sqrt(sum(square(embed(left) - embed(right)), 1) + 1e-6);
  }
};

/// s d² + (1 − s) max(0, 1 − d)², one value for each pair.
Tensor contrastive(const Twin& net, const Pairs& pairs) {
  const Tensor d = net(pairs.left, pairs.right);
  return pairs.same * square(d) + (1 - pairs.same) * square(relu(1 - d));
}

/// Each picture with one of the same digit, where the permutation has one near, and with any other.
Pairs pair_up(const Tensor& x, const Tensor& digit, std::uint64_t seed) {
  const std::int64_t n = x.size(0);
  const Tensor order = permutation(n, {.seed = seed});
  std::vector<std::int32_t> left, right;
  std::vector<float> same;
  for (std::int64_t i = 0; i < n; ++i)
    for (const bool wanted : {true, false})
      for (std::int64_t step = 1; step < n; ++step) {
        const auto a = static_cast<std::int32_t>(order(i)), b = static_cast<std::int32_t>(order((i + step) % n));
        if ((digit(a) == digit(b)) != wanted) continue;
        left.push_back(a);
        right.push_back(b);
        same.push_back(wanted ? 1.f : 0.f);
        break;
      }
  const auto rows = static_cast<std::int64_t>(left.size());
  const auto pick = [&](const std::vector<std::int32_t>& index) {
    return index_select(x, tensor(std::span<const std::int32_t>(index), {rows}));
  };
  return {pick(left), pick(right), tensor(std::span<const float>(same), {rows})};
}

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: two_inputs digits.csv\n", stderr), 2;
  const Table table = read_csv(argv[1]);
  const Partition part = partition(table, "target", {.valid = 0, .test = 0.25, .seed = 1});
  const Encoder encoder = Encoder::fit(table.select(part.train), "target");
  const Batch train = encoder.encode(table.select(part.train)), test = encoder.encode(table.select(part.test));

  Twin net;
  init(net, {.seed = 1});
  fit(net, contrastive, adam(2e-3), pair_up(train.x, train.y, 1), {.epochs = 100, .batch_size = 64, .seed = 1});

  const Pairs pairs = pair_up(test.x, test.y, 2);
  const Tensor answer = net(pairs.left, pairs.right) < 0.5;  // half the margin
  std::printf("%lld pairs of digits never seen: %.1f %% told right\n", static_cast<long long>(answer.size()),
              100 * accuracy(answer, pairs.same));
}
