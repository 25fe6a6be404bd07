// The loops of the library's optimizers.
#if !defined(__AVX512F__)  // bound by memory: AVX-512 gains nothing, so one set serves every machine

#include <cinta/framework/optim/passes.hpp>

#include <cinta/framework/optim/compiled_passes.hpp>

namespace cinta {
namespace {

template <class... L> constexpr optim::ClippablePasses<L...> clippable() {
  return {passes::of<L...>, passes::of<ClipByGlobalNorm, L...>};
}
/// A table for each member, by its type.
struct Any {
  template <class... L> constexpr operator optim::ClippablePasses<L...>() const { return clippable<L...>(); }
};

}  // namespace

const optim::CompiledPasses optim::compiled_passes{Any{}, Any{}, Any{}, Any{}, Any{}, Any{},
                                                   Any{}, Any{}, Any{}, Any{}, Any{}, Any{}};

}  // namespace cinta

#endif
