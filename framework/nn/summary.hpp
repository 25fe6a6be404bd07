// summary: what a model consists of, as a table to print. A light header, for everybody.
#pragma once

#include <cinta/framework/nn/module.hpp>

namespace cinta {

namespace detail {
std::string summary(const std::vector<ConstModuleLeaf>& leaves);
}

/// A table of every parameter (name, shape, number of elements, whether it is frozen) and buffer, and the totals:
/// `std::cout << summary(net);`
template <class M> std::string summary(const M& net) { return detail::summary(detail::leaves_of(net)); }

}  // namespace cinta
