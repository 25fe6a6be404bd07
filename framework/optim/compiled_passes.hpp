// The chains whose loops the library compiles, by type. For optimizers.cpp and optimizers.kernel.cpp.
#pragma once

#include <cinta/framework/optim/links.hpp>

namespace cinta::optim {

/// The loops of the chain L…, and of ClipByGlobalNorm before it.
template <class... L> struct ClippablePasses { Passes plain, clipped; };

struct CompiledPasses {
  ClippablePasses<AddDecay, ScaleByLearningRate> descent;
  ClippablePasses<AddDecay, Trace, ScaleByLearningRate> momentum;
  ClippablePasses<AddDecay, ScaleByLearningRate, Trace> velocity;
  ClippablePasses<AddDecay, ScaleByAdagrad, ScaleByLearningRate> adagrad;
  ClippablePasses<AddDecay, ScaleByRms, ScaleByLearningRate> rmsprop;
  ClippablePasses<AddDecay, ScaleByRms, Trace, ScaleByLearningRate> rmsprop_momentum;
  ClippablePasses<AddDecay, ScaleByCentredRms, ScaleByLearningRate> centred;
  ClippablePasses<AddDecay, ScaleByCentredRms, Trace, ScaleByLearningRate> centred_momentum;
  ClippablePasses<AddDecay, ScaleByAdam, ScaleByLearningRate> adam;
  ClippablePasses<AddDecay, ScaleByAmsgrad, ScaleByLearningRate> amsgrad;
  ClippablePasses<ScaleByAdam, DecayedWeights, ScaleByLearningRate> adamw;
  ClippablePasses<ScaleByAmsgrad, DecayedWeights, ScaleByLearningRate> adamw_amsgrad;
};

extern const CompiledPasses compiled_passes;

}  // namespace cinta::optim
