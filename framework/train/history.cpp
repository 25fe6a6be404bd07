#include <cinta/framework/train/history.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cinta {
namespace {

std::string cell(double x) { return std::isnan(x) ? std::string() : fmt::format("{}", x); }

}  // namespace

std::string History::to_csv() const {
  std::string csv = "epoch,loss,valid_loss,learning_rate,seconds\n";
  for (const EpochRecord& e : epochs)
    csv += fmt::format("{},{},{},{},{:.3f}\n", e.epoch, cell(e.loss), cell(e.valid_loss), cell(e.learning_rate),
                       e.seconds);
  return csv;
}

}  // namespace cinta
