// Step: what a schedule or a link may know of the update that it takes part in. A light header, for everybody.
#pragma once

namespace cinta {

/// One update of an optimizer. `t` and `updates` count from 1: the first update is t = 1.
struct Step {
  long t = 1;         ///< updates of the optimizer, this one included: the clock of schedules
  long epoch = 0;     ///< from 1; 0 where nobody told
  double loss = 0;    ///< of the batch, and the last validation metric, as given in `StepOptions`
  double metric = 0;  ///< the last one told
  long updates = 1;   ///< of this parameter, this one included: below t for one that was frozen or unused for a while
};

}  // namespace cinta
