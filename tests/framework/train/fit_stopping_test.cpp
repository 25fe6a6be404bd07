// How fit ends: validation, patience, the best parameters, callbacks, losses that are not finite, Ctrl-C.
#include "train_support.hpp"

#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>

#include <cmath>
#include <csignal>
#include <limits>

namespace {

using namespace train_support;

const Batch xor_data{xor_x, xor_y};

// One weight w, 0 at first. On data with x = 1 sgd(1) under the loss −w·x makes it 1, 2, 3, …: after epoch e, w = e.
struct Counter {
  Parameter w{Tensor{0}};
  Tensor operator()(const Tensor& x) const { return x * w; }
};
struct Rise {
  PerExample operator()(const Arg& prediction, const Arg&) const { return {reshape(neg(prediction), {1})}; }
};
// The validation loss of each epoch is told by the test: row e of a table.
struct Told {
  std::vector<double> valid;
  PerExample operator()(const Counter& net, const Batch& b) const {
    Tensor value = neg(reshape(net(b.x), {1}));
    if (Scope::current()->training()) return {value};
    const auto epoch = static_cast<std::size_t>(net.w.value()(0));
    return {Tensor{valid.at(epoch - 1)}};
  }
};
const Batch one{Tensor{{1}}, Tensor{{0}}};

struct Run {
  History history;
  double w;
};
Run run_told(const std::vector<double>& valid, FitOptions<Batch> options) {
  Counter net;
  options.validation = one;
  Run run;
  run.history = cinta::fit(net, Told{valid}, sgd(1), one, options);
  run.w = net.w.value()(0);
  return run;
}

constexpr double infinite = std::numeric_limits<double>::infinity(),
                 not_a_number = std::numeric_limits<double>::quiet_NaN();

struct Calls {
  std::string said;
  void on_epoch_begin(std::int64_t epoch) { said += "b" + std::to_string(epoch); }
  void on_batch_end(double) { said += "."; }
  void on_epoch_end(const EpochRecord& record) { said += "e" + std::to_string(record.epoch); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(fit_stopping)

BOOST_AUTO_TEST_CASE(the_best_parameters_are_restored_when_the_epochs_run_out) {
  const Run run = run_told({5, 3, 4, 6}, {.epochs = 4});
  BOOST_TEST(run.history.epochs.size() == 4u);
  BOOST_TEST(run.history.best_epoch == 2);
  BOOST_TEST(!run.history.stopped_early);
  BOOST_TEST(run.w == 2);
  BOOST_TEST(run.history.epochs[2].valid_loss == 4);
}

BOOST_AUTO_TEST_CASE(patience_counts_epochs_without_a_better_one) {
  const Run run = run_told({5, 3, 4, 2, 4, 3, 9, 1}, {.epochs = 8, .patience = 3});
  BOOST_TEST(run.history.epochs.size() == 7u);
  BOOST_TEST(run.history.best_epoch == 4);
  BOOST_TEST(run.history.stopped_early);
  BOOST_TEST(run.w == 4);
}

BOOST_AUTO_TEST_CASE(better_means_lower_by_more_than_min_delta) {
  const Run run = run_told({5, 4.5, 4.25, 3.75, 3.5}, {.epochs = 5, .patience = 3, .min_delta = 1});
  BOOST_TEST(run.history.best_epoch == 4);
  BOOST_TEST(run_told({5, 4.5, 4.25, 3.75, 3.5}, {.epochs = 5}).history.best_epoch == 5);
  BOOST_TEST(run_told({5, 5, 5}, {.epochs = 3}).history.best_epoch == 1);
}

BOOST_AUTO_TEST_CASE(any_figure_is_better_than_a_validation_loss_that_is_none) {
  BOOST_TEST(run_told({not_a_number, 7, 8}, {.epochs = 3}).history.best_epoch == 2);
  BOOST_TEST(run_told({infinite, 7, not_a_number}, {.epochs = 3}).history.best_epoch == 2);
}

BOOST_AUTO_TEST_CASE(without_validation_the_last_parameters_stay) {
  Counter net;
  const History history = cinta::fit(net, Rise{}, sgd(1), one, {.epochs = 3});
  BOOST_TEST(net.w.value()(0) == 3);
  BOOST_TEST(history.best_epoch == 3);
  BOOST_TEST(std::isnan(history.epochs[0].valid_loss));
  BOOST_TEST(history.epochs[0].learning_rate == 1);
}

BOOST_AUTO_TEST_CASE(callbacks_hear_of_epochs_and_batches_in_order) {
  Net net = new_net();
  Calls calls;
  cinta::fit(net, BinaryCrossEntropy{}, sgd(0.1), xor_data, {.epochs = 2, .batch_size = 2}, calls);
  BOOST_TEST(calls.said == "b0..e1b1..e2");
}

BOOST_AUTO_TEST_CASE(a_callback_that_returns_false_ends_training) {
  struct StopAtEpoch {
    bool on_epoch_end(const EpochRecord& record) { return record.epoch < 3; }
  };
  struct StopAtBatch {
    int seen = 0;
    bool on_batch_end(double) { return ++seen < 3; }
  };
  struct StopBefore {
    bool on_epoch_begin(std::int64_t epoch) { return epoch < 2; }
  };
  Net net = new_net();
  Calls calls;
  const FitOptions<Batch> options{.epochs = 9, .batch_size = 2};
  History history = cinta::fit(net, BinaryCrossEntropy{}, sgd(0.1), xor_data, options, StopAtEpoch{}, calls);
  BOOST_TEST(history.stopped_early);
  BOOST_TEST(history.epochs.size() == 3u);
  BOOST_TEST(calls.said == "b0..e1b1..e2b2..e3");
  calls.said.clear();
  history = cinta::fit(net, BinaryCrossEntropy{}, sgd(0.1), xor_data, options, StopAtBatch{}, calls);
  BOOST_TEST(history.stopped_early);
  BOOST_TEST(calls.said == "b0..e1b1.e2");
  calls.said.clear();
  history = cinta::fit(net, BinaryCrossEntropy{}, sgd(0.1), xor_data, options, StopBefore{}, calls);
  BOOST_TEST(history.stopped_early);
  BOOST_TEST(history.epochs.size() == 2u);
}

BOOST_AUTO_TEST_CASE(callbacks_and_sources_run_in_evaluation) {
  struct Source {
    int left = 0, evaluations = 0;
    void begin_epoch(std::int64_t) { left = 2, note(); }
    std::optional<Batch> next() {
      note();
      return left-- > 0 ? std::optional(xor_data) : std::nullopt;
    }
    void on_epoch_begin(std::int64_t) { note(); }
    void on_batch_end(double) { note(); }
    void on_epoch_end(const EpochRecord&) { note(); }
    void note() {
      evaluations += Scope::current() != nullptr && !Scope::current()->records() && !Scope::current()->training();
    }
  } source;
  Net net = new_net();
  const Recording outer;
  cinta::fit(net, BinaryCrossEntropy{}, sgd(0.1), source, {.epochs = 1}, source);
  BOOST_TEST(source.evaluations == 1 + 3 + 1 + 2 + 1);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_is_told_and_the_best_parameters_kept) {
  const auto loss = [](const Counter& net, const Batch& b) {
    const double w = net.w.value()(0);
    return PerExample{neg(reshape(net(b.x), {1})) + (w >= 2 && Scope::current()->training() ? not_a_number : 0.0)};
  };
  Counter net;
  CHECK_SENTENCE(Error, cinta::fit(net, loss, sgd(1), one, {.epochs = 9, .validation = one}),
                 "fit: the loss became nan in batch 1 of epoch 3: lower the learning rate, clip the gradients, or look "
                 "for values in the data that are not finite; the model has its parameters of epoch 2");
  BOOST_TEST(net.w.value()(0) == 2);
}

BOOST_AUTO_TEST_CASE(without_options_the_line_of_the_call_is_told_too) {
  Counter net;
  const Batch bad{Tensor{{infinite}}, Tensor{{0}}};
  CHECK_SENTENCE(Error, cinta::fit(net, Rise{}, sgd(1), bad),
                 "fit: the loss became nan in batch 1 of epoch 1: lower the learning rate, clip the gradients, or look "
                 "for values in the data that are not finite");
  BOOST_TEST(net.w.value()(0) == 0);
}

BOOST_AUTO_TEST_CASE(weights_that_sum_to_nothing_are_told) {
  Net net = new_net();
  const Batch nothing{xor_x, xor_y, Tensor{0, 0, 0, 0}};
  CHECK_SENTENCE(Error, cinta::fit(net, BinaryCrossEntropy{}, sgd(1), nothing, {.epochs = 1}),
                 "fit: the weights of batch 1 of epoch 1 sum to 0: nothing counts");
}

BOOST_AUTO_TEST_CASE(the_best_parameters_are_kept_when_a_callback_throws) {
  struct Throws {
    void on_epoch_end(const EpochRecord& record) {
      if (record.epoch == 3) throw std::runtime_error("enough");
    }
  };
  Counter net;
  BOOST_CHECK_THROW(cinta::fit(net, Told{{5, 4, 9}}, sgd(1), one, {.epochs = 5, .validation = one}, Throws{}),
                    std::runtime_error);
  BOOST_TEST(net.w.value()(0) == 2);
}

BOOST_AUTO_TEST_CASE(ctrl_c_ends_after_the_batch_and_keeps_the_best_parameters) {
  struct Interrupts {
    int batches = 0;
    void on_batch_end(double) {
      if (++batches == 3) std::raise(SIGINT);
    }
  } interrupts;
  Counter net;
  const History history = cinta::fit(net, Told{{4, 5, 3}}, sgd(1), one,
                                     {.epochs = 9, .validation = one, .interruptible = true}, interrupts);
  BOOST_TEST(history.interrupted);
  BOOST_TEST(!history.stopped_early);
  BOOST_TEST(interrupts.batches == 3);
  BOOST_TEST(history.best_epoch == 1);
  BOOST_TEST(net.w.value()(0) == 1);

  interrupts.batches = 2;  // in the first epoch: what there is, is kept
  Counter other;
  const History first = cinta::fit(other, Rise{}, sgd(1), one, {.epochs = 9, .interruptible = true}, interrupts);
  BOOST_TEST(first.interrupted);
  BOOST_TEST(other.w.value()(0) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
