#include <cinta/models/descent.hpp>

#include <fmt/format.h>

namespace cinta::models {

void detail::refuse_divergence(double loss, std::int64_t updates, Where where) {
  throw Error(where, fmt::format("descend: the loss is {} after {} updates: lower the learning rate", loss, updates));
}

}  // namespace cinta::models
