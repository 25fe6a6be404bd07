// Clothes told apart by a network of two hidden layers, trained by a loop of one's own.
//   fashion_mnist FOLDER [EPOCHS]      (with the four IDX files: Debian's package dataset-fashion-mnist puts them into
//                                       /usr/share/datasets/fashion-mnist)
#include <cinta/cinta.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
using namespace cinta;

struct Net {
  Linear first{784, 512}, second{512, 512}, out{512, 10};
  Dropout dropout{0.2};
  Tensor operator()(const Tensor& x) const { return out(dropout(relu(second(dropout(relu(first(x))))))); }
};

/// Pixels [n, 784] from −0.5 to 0.5, and classes [n].
Batch read_part(const std::string& folder, const std::string& part) {
  const Tensor images = load_idx(folder + "/" + part + "-images-idx3-ubyte.gz");
  const Tensor labels = load_idx(folder + "/" + part + "-labels-idx1-ubyte.gz");
  return {reshape(images.to(f32) / 255 - 0.5, {images.size(0), -1}), labels.to(i32)};
}

int main(int argc, char** argv) try {
  if (argc < 2 || argc > 3) return std::fputs("usage: fashion_mnist FOLDER [EPOCHS]\n", stderr), 2;
  const long epochs = argc == 3 ? std::atol(argv[2]) : 12;
  const Batch train = read_part(argv[1], "train"), test = read_part(argv[1], "t10k");
  std::printf("%lld images to train on, %lld to test\n", static_cast<long long>(train.x.size(0)),
              static_cast<long long>(test.x.size(0)));

  Net net;
  init(net, {.seed = 1, .scheme = he_normal});
  constexpr long size = 128;
  const long steps = epochs * ((static_cast<long>(train.x.size(0)) + size - 1) / size);
  Optimizer optimizer = adamw(cosine(1e-3, steps));
  const CrossEntropy loss;

  for (long epoch = 1; epoch <= epochs; ++epoch) {
    const Training training({.seed = static_cast<std::uint64_t>(epoch)});  // here ops are recorded, and dropout is on
    double sum = 0;
    long count = 0;
    for (const Batch& batch : batches(train, {.size = size, .seed = static_cast<std::uint64_t>(epoch)})) {
      const Tensor value = mean(loss(net(batch.x), batch.y));
      optimizer.step(net, backward(value));  // the gradients, and the tape is clear: there is no zero_grad to forget
      sum += value.item();
      ++count;
    }
    std::printf("epoch %ld: loss %.4f, test accuracy %.4f\n", epoch, sum / static_cast<double>(count),
                accuracy(argmax(predict(net, test.x), 1), test.y));
    std::fflush(stdout);
  }
  save(net, "fashion_mnist.safetensors");
} catch (const Error& e) {  // a missing folder, a damaged file: one sentence
  return std::fprintf(stderr, "%s\n", e.what()), 1;
}
